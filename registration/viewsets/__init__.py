"""The admin of registration: the vetting queue with its dossiers, and the categories and questions staff define."""
