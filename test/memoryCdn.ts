/** A `Cdn` in memory that remembers what it was asked to invalidate. */
import type { Cdn } from '../src/release/ports.js';

export type CdnOperation = 'invalidate' | 'invalidation';

export interface MemoryInvalidation {
  readonly id: string;
  readonly reference: string;
  readonly paths: readonly string[];
  completed: boolean;
}

export interface MemoryCdn extends Cdn {
  /** In order of creation; a repeated reference adds nothing. Tests may set `completed`. */
  readonly invalidations: MemoryInvalidation[];
  /** Every call, as `invalidate <reference>` and `invalidation <id>`. */
  readonly operations: string[];
  /** Called before each operation; what it throws is thrown by the operation, which then does nothing. */
  onOperation: ((name: CdnOperation, key: string) => void | Promise<void>) | undefined;
  /** All paths of all invalidations. */
  paths(): string[];
}

/** `completed`: whether an invalidation is done as soon as it is made. */
export function memoryCdn(
  name = 'memory cdn',
  onOperation?: MemoryCdn['onOperation'],
  { completed = true }: { readonly completed?: boolean } = {},
): MemoryCdn {
  const invalidations: MemoryInvalidation[] = [];
  const operations: string[] = [];
  const cdn: MemoryCdn = {
    name,
    invalidations,
    operations,
    onOperation,
    paths: () => invalidations.flatMap(({ paths }) => paths),
    async invalidate(paths, reference) {
      await begin('invalidate', reference);
      const known = invalidations.find((invalidation) => invalidation.reference === reference);
      // CloudFront refuses a used CallerReference with other paths (InvalidArgument).
      if (known && known.paths.join('\n') !== paths.join('\n'))
        throw new Error(`the reference ${reference} was used with other paths`);
      if (known) return { id: known.id, completed: known.completed };
      const made = { id: `I${invalidations.length + 1}`, reference, paths: [...paths], completed };
      invalidations.push(made);
      return { id: made.id, completed };
    },
    async invalidation(id) {
      await begin('invalidation', id);
      const known = invalidations.find((invalidation) => invalidation.id === id);
      if (!known) throw new Error(`no invalidation ${id}`);
      return { id, completed: known.completed };
    },
  };
  async function begin(operation: CdnOperation, key: string): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    operations.push(`${operation} ${key}`);
    await cdn.onOperation?.(operation, key);
  }
  return cdn;
}
