/** Where a release keeps its own things in the pages store; the same as `privatePrefix` of release/keys.ts, which a test holds it to. */
export const privatePrefix = '.twinorigin/';
