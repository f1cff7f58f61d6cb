/** An `EdgeStore` in memory, with a hook to count operations and to make them fail. */
import { EdgeChanged, type EdgeStore } from '../src/release/ports.js';

export interface MemoryEdge extends EdgeStore {
  readonly entries: Map<string, string>;
  /** Keys of each write so far. */
  readonly writes: (readonly string[])[];
  onOperation: ((name: 'read' | 'write') => void) | undefined;
}

export function memoryEdge(): MemoryEdge {
  const entries = new Map<string, string>();
  const writes: (readonly string[])[] = [];
  const edge: MemoryEdge = {
    name: 'memory edge',
    entries,
    writes,
    onOperation: undefined,
    async read() {
      await new Promise((resolve) => setImmediate(resolve));
      edge.onOperation?.('read');
      return { entries: new Map(entries), version: String(writes.length) };
    },
    async write({ put, remove }, version) {
      await new Promise((resolve) => setImmediate(resolve));
      edge.onOperation?.('write');
      if (version !== String(writes.length)) throw new EdgeChanged(edge.name);
      writes.push([...put.keys(), ...remove]);
      for (const [key, value] of put) entries.set(key, value);
      for (const key of remove) entries.delete(key);
    },
  };
  return edge;
}
