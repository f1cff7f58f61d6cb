import type { Look } from '../../src/report/text.js';

export const plain: Look = { color: false, width: 100, verbose: false };
