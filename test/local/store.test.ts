import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDirectoryStore } from '../../src/local/store.js';
import { describeObjectStore } from '../contract/objectStore.js';

const plainFiles = 'objects are plain files: a file system has no file beside a folder of the same name';

describeObjectStore(
  'a folder as a store',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'twinorigin-store-'));
    return { store: openDirectoryStore(folder), close: () => rm(folder, { recursive: true }) };
  },
  {
    'keeps a file beside a folder of the same name': plainFiles,
    'keeps a folder marker beside what is in the folder': 'a file system has no names of zero length',
  },
);
