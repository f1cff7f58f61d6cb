/** The places of parts under way in the whole process, and the memory of each, which the next part uses again. */

/** With parts of 8 MiB: 64 MiB, enough for 400 MB a second at a latency of 150 ms. */
const mostParts = 8;

export interface PartSlot {
  /** That many bytes, until it is given back. */
  memory(size: number): Buffer;
  free(): void;
}

export const partSlots = openSlots(mostParts);

function openSlots(most: number) {
  const idle: { memory: Buffer }[] = Array.from({ length: most }, () => ({ memory: Buffer.alloc(0) }));
  const waiting: ((slot: PartSlot) => void)[] = [];

  function hold(place: { memory: Buffer }): PartSlot {
    return {
      memory(size) {
        if (place.memory.length < size) place.memory = Buffer.allocUnsafeSlow(size);
        return place.memory.subarray(0, size);
      },
      free() {
        const next = waiting.shift();
        if (next === undefined) idle.push(place);
        else next(hold(place));
      },
    };
  }

  return {
    take(): Promise<PartSlot> {
      const place = idle.pop();
      return place === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(hold(place));
    },
  };
}
