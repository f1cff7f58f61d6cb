/** Bumped whenever any finder reports something else for the same bytes: part of the cache key. */
export const findersVersion = 'finders-7';
