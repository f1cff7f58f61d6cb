/** Strongly connected components: files that refer to each other in a circle are named together. */

/**
 * Tarjan's algorithm, iterative (a chain of 100,000 files must not overflow the stack).
 * @param nodes in a fixed order, which fixes the result's order.
 * @param targetsOf the nodes a node points to; targets that are not nodes are ignored.
 * @returns components in reverse topological order: every component stands behind all it points to.
 */
export function findComponents<T>(nodes: readonly T[], targetsOf: (node: T) => readonly T[]): T[][] {
  const known = new Set(nodes);
  const index = new Map<T, number>();
  const low = new Map<T, number>();
  const onStack = new Set<T>();
  const stack: T[] = [];
  const components: T[][] = [];

  const enter = (node: T) => {
    index.set(node, index.size);
    low.set(node, index.size - 1);
    stack.push(node);
    onStack.add(node);
    return { node, targets: targetsOf(node).filter((target) => known.has(target)), next: 0 };
  };
  const lower = (node: T, value: number | undefined) => {
    low.set(node, Math.min(low.get(node) ?? 0, value ?? 0));
  };

  for (const root of nodes) {
    if (index.has(root)) continue;
    const frames = [enter(root)];
    for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
      const target = frame.targets[frame.next++];
      if (target !== undefined) {
        if (!index.has(target)) frames.push(enter(target));
        else if (onStack.has(target)) lower(frame.node, index.get(target));
        continue;
      }
      frames.pop();
      const parent = frames.at(-1);
      if (parent !== undefined) lower(parent.node, low.get(frame.node));
      if (low.get(frame.node) === index.get(frame.node)) components.push(popComponent(frame.node));
    }
  }
  return components;

  function popComponent(root: T): T[] {
    const component: T[] = [];
    for (;;) {
      const node = stack.pop();
      if (node === undefined) break;
      onStack.delete(node);
      component.push(node);
      if (node === root) break;
    }
    return component;
  }
}
