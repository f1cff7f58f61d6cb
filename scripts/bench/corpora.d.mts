/** @returns the folder of a corpus, made unless it is there. */
export function makeCorpus(root: string, name: string): string;
