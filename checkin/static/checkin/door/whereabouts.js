/**
 * Where somebody is, from what the doors know: checkin/whereabouts.py once more, held to it by the same cases
 * (checkin/cases.json). Pure.
 */

/**
 * @param stays of one badge: [{area, entered, left}], left null while inside
 * @returns the stay that says where the person is now; null for who is out
 */
export function whereabouts(stays) {
  const within = stays.filter((stay) => stay.left === null && !stays.some((outer) => encloses(outer, stay)));
  return within.reduce((latest, stay) => (latest === null || isLater(stay, latest) ? stay : latest), null);
}

// Who leaves a place has left also what was entered within it.
const encloses = (outer, stay) => outer.left !== null && outer.entered <= stay.entered && stay.entered < outer.left;
const isLater = (one, other) => one.entered > other.entered || (one.entered === other.entered && one.area > other.area);
