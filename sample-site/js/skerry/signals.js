/** A value that tells its readers when it changes. */
export function signal(value) {
  const readers = new Set();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const reader of readers) reader(value);
    },
    read(reader) {
      readers.add(reader);
      reader(value);
      return () => readers.delete(reader);
    },
  };
}
