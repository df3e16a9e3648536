// Which questions show, by their conditions: the same decisions as registration/rules/questions.py, held to them by one
// file of cases. Answers are values as they are stored: texts, numbers, true and false, lists.

const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;

const isNumber = (value) => typeof value === "number";
const isDay = (value) => typeof value === "string" && DAY.test(value);

function isAnswered(value) {
  return !(value === undefined || value === null || value === "" || (Array.isArray(value) && !value.length));
}

function compares(condition, value) {
  if ("greater" in condition) return isNumber(value) && isNumber(condition.greater) && value > condition.greater;
  if ("less" in condition) return isNumber(value) && isNumber(condition.less) && value < condition.less;
  if ("before" in condition) return isDay(value) && isDay(condition.before) && value < condition.before;
  if ("after" in condition) return isDay(value) && isDay(condition.after) && value > condition.after;
  return false;
}

function passes(condition, given) {
  if ("answered" in condition) return isAnswered(given) === condition.answered;
  if (!isAnswered(given)) return false;
  const values = Array.isArray(given) ? given : [given];
  if ("in" in condition) return values.some((value) => condition.in.includes(value));
  if ("is_not" in condition) return !values.includes(condition.is_not);
  if ("is" in condition) return values.includes(condition.is);
  return values.some((value) => compares(condition, value));
}

/** Whether a question shows for these answers and facts. */
export function conditionHolds(condition, answers) {
  if (!Object.keys(condition).length) return true;
  if ("all" in condition) return condition.all.every((part) => conditionHolds(part, answers));
  if ("any" in condition) return condition.any.some((part) => conditionHolds(part, answers));
  return passes(condition, answers[condition.question ?? ""]);
}

/** Which questions show, given [key, condition] in their order. What is hidden counts as unanswered. */
export function shownKeys(conditions, answers) {
  const asked = new Set(conditions.map(([key]) => key));
  const seen = Object.fromEntries(Object.entries(answers).filter(([key]) => !asked.has(key)));
  const shown = new Set();
  for (const [key, condition] of conditions) {
    if (!conditionHolds(condition, seen)) continue;
    shown.add(key);
    if (key in answers) seen[key] = answers[key];
  }
  return shown;
}
