/** Lists that CloudFront gives in pages. */

interface Page<Item> {
  readonly Items?: readonly Item[] | undefined;
  readonly NextMarker?: string | undefined;
}

/** The first item that is looked for; undefined when no page has it. */
export async function findInPages<Item>(
  load: (marker: string | undefined) => Promise<Page<Item> | undefined>,
  isIt: (item: Item) => boolean,
): Promise<Item | undefined> {
  let marker: string | undefined;
  do {
    const page = await load(marker);
    const found = page?.Items?.find(isIt);
    if (found !== undefined) return found;
    marker = page?.NextMarker === '' ? undefined : page?.NextMarker;
  } while (marker !== undefined);
  return undefined;
}

/** All items of all pages. */
export async function listPages<Item>(
  load: (marker: string | undefined) => Promise<Page<Item> | undefined>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  await findInPages(load, (item) => {
    items.push(item);
    return false;
  });
  return items;
}
