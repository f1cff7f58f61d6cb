/** The form in which records and the pointer are stored: compact, versioned, validated when read. */
import * as z from 'zod';
import { originNames } from '../build/build.js';
import type { ObjectHeaders, ObjectKey, OriginName } from '../build/build.js';
import { objectKey } from '../build/keys.js';
import { parseDigest } from '../site/names.js';
import type { Pointer, RecordedObject, ReleaseId, ReleaseRecord, RetainedObject } from './release.js';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
export const releaseIdSchema = z.string().regex(/^\d{8}T\d{6}Z-[0-9a-f]{8}$/);
const stage = z.enum(['asset', 'original', 'page', 'last']);
const object = z.tuple([
  z.string().min(1).max(1024).describe('key'),
  stage,
  digest,
  z.string().describe('recipe'),
  z.int().min(0).describe('size in bytes, as stored'),
  z.int().min(0).describe('index into headers'),
  z.union([z.literal(0), z.literal(1)]).describe('immutable'),
]);
const retained = z.tuple([
  ...object.def.items,
  releaseIdSchema.describe('last release that contained it'),
  z.iso.datetime().describe('when it ceased to be part of the live release'),
  z.union([z.literal(0), z.literal(1)]).describe('unsure: named by a release that did not finish'),
]);
const headers = z.strictObject({
  contentType: z.string(),
  cacheControl: z.string(),
  contentEncoding: z.string().optional(),
  contentDisposition: z.string().optional(),
  contentLanguage: z.string().optional(),
  cacheTags: z.string().optional(),
});
const edge = z.strictObject({
  folder: z.string().regex(/^(\/releases\/[0-9A-Za-z-]+)?$/),
  rules: z.strictObject({
    mode: z.enum(['in-place', 'atomic']),
    urls: z.enum(['none', 'auto', 'drop', 'force']),
    missingPage: z.string().nullable().optional(),
    servers: z.array(z.string()).optional(),
    redirects: z.array(
      z.strictObject({
        from: z.string(),
        to: z.string(),
        status: z.union([z.literal(200), z.literal([301, 302, 303, 307, 308])]),
        forced: z.boolean(),
      }),
    ),
    headers: z.array(
      z.strictObject({
        pattern: z.string(),
        set: z.array(z.strictObject({ name: z.string(), value: z.string() })),
        unset: z.array(z.string()),
      }),
    ),
  }),
});
export const previewName = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/);
const perOrigin = <T extends z.ZodType>(value: T) => z.strictObject({ images: value, resources: value, pages: value });

/** Unknown keys are refused: a record that says more than we know was written by a newer version. */
export const recordSchema = z.strictObject({
  version: z.literal(1),
  id: releaseIdSchema,
  createdAt: z.iso.datetime(),
  publisher: z.strictObject({
    user: z.string(),
    host: z.string(),
    commit: z.string().optional(),
    committedAt: z.string().optional(),
    run: z
      .strictObject({ pipeline: z.string(), number: z.int().min(0), attempt: z.int().min(1) })
      .optional()
      .describe('Run of the CI pipeline that published it.'),
  }),
  root: digest,
  urls: perOrigin(z.string()),
  previous: releaseIdSchema.nullable(),
  rollbackOf: releaseIdSchema.optional(),
  headers: z.array(headers),
  objects: perOrigin(z.array(object)),
  retained: perOrigin(z.array(retained)),
  edge: edge.optional(),
  preview: previewName.optional(),
});

export const pointerSchema = z.strictObject({
  version: z.literal(1),
  sequence: z.int().min(0),
  live: releaseIdSchema.nullable(),
  root: digest.nullable(),
  unfinished: z.array(releaseIdSchema),
});

type StoredRecord = z.output<typeof recordSchema>;
type StoredObject = StoredRecord['objects']['images'][number];

export function encodeRecord(record: ReleaseRecord): string {
  const table = new Map<string, number>();
  const row = (one: RecordedObject): StoredObject => {
    const text = JSON.stringify(one.headers);
    const index = table.get(text) ?? table.size;
    table.set(text, index);
    return [one.key, one.stage, one.digest, one.recipe, one.size, index, one.immutable ? 1 : 0];
  };
  const objects = mapOrigins((origin) => record.objects[origin].map(row));
  const retainedRows = mapOrigins((origin) =>
    record.retained[origin].map(
      (one) => [...row(one), one.release, one.since, one.unsure ? 1 : 0] as StoredRecord['retained']['images'][number],
    ),
  );
  const stored: StoredRecord = {
    version: 1,
    id: record.id,
    createdAt: record.createdAt,
    publisher: record.publisher,
    root: record.root,
    urls: record.urls,
    previous: record.previous,
    ...(record.rollbackOf === undefined ? {} : { rollbackOf: record.rollbackOf }),
    headers: [...table.keys()].map((text) => JSON.parse(text) as ObjectHeaders),
    objects,
    retained: retainedRows,
    ...(record.edge === undefined ? {} : { edge: record.edge as StoredRecord['edge'] }),
    ...(record.preview === undefined ? {} : { preview: record.preview }),
  };
  return JSON.stringify(stored);
}

/** @throws Error (of zod or JSON.parse) when the text is not a record of this version. */
export function decodeRecord(text: string): ReleaseRecord {
  const stored = recordSchema.parse(JSON.parse(text));
  const decode = ([key, kind, hash, recipe, size, index, immutable]:
    StoredObject | StoredRecord['retained']['images'][number]) => {
    const known = stored.headers[index];
    if (known === undefined) throw new RangeError(`${key} names headers ${index}, which are not in the table`);
    return {
      key: objectKey(key),
      stage: kind,
      digest: parseDigest(hash),
      recipe,
      size,
      headers: known as ObjectHeaders,
      immutable: immutable === 1,
    };
  };
  return {
    version: 1,
    id: stored.id as ReleaseId,
    createdAt: stored.createdAt,
    publisher: stored.publisher as ReleaseRecord['publisher'],
    root: parseDigest(stored.root),
    urls: stored.urls,
    previous: stored.previous as ReleaseId | null,
    ...(stored.rollbackOf === undefined ? {} : { rollbackOf: stored.rollbackOf as ReleaseId }),
    objects: mapOrigins((origin) => stored.objects[origin].map(decode)),
    retained: mapOrigins((origin) =>
      stored.retained[origin].map((row): RetainedObject => ({
        ...decode(row),
        release: row[7] as ReleaseId,
        since: row[8],
        unsure: row[9] === 1,
      })),
    ),
    ...(stored.edge === undefined ? {} : { edge: stored.edge }),
    ...(stored.preview === undefined ? {} : { preview: stored.preview }),
  };
}

/** @throws Error when the text is not a pointer of this version. */
export function decodePointer(text: string): Pointer {
  const { live, root, unfinished, ...rest } = pointerSchema.parse(JSON.parse(text));
  return {
    ...rest,
    live: live as ReleaseId | null,
    root: root === null ? null : parseDigest(root),
    unfinished: unfinished as ReleaseId[],
  };
}

export function mapOrigins<T>(make: (origin: OriginName) => T): Record<OriginName, T> {
  const [images, resources, pages] = originNames;
  return { images: make(images), resources: make(resources), pages: make(pages) };
}

/** One string for a place in any store, for maps. */
export function placeOf(origin: OriginName, key: ObjectKey): string {
  return `${origin}/${key}`;
}
