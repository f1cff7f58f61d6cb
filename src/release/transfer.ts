/** Puts single objects: fingerprinted ones once and for ever, others as they are now. */
import type { Build, Body, BuiltObject, ObjectKey } from '../build/build.js';
import { PublishError } from '../errors.js';
import { isSameHeaders } from './inventory.js';
import { bodyKey } from './keys.js';
import { ConditionFailed, type ObjectIdentity, type ObjectStore, type StoredObject, type World } from './ports.js';

export function identityOf({ digest, recipe }: BuiltObject): ObjectIdentity {
  return { digest, recipe };
}

/**
 * Creates an object whose name never stands for other bytes. That it is there already (an interrupted run, another
 * publisher with the same build) is success, once it is known to be the same.
 * @throws PublishError `immutable-conflict` when the name holds something else, which is left alone.
 */
export async function createImmutable(world: World, build: Build, object: BuiltObject): Promise<void> {
  const store = world.stores[object.origin];
  const body = await build.open(object);
  await createOnce(store, object.key, body, object);
}

/** Stages a body under its content, from where it is copied to its address. */
export async function stageBody(world: World, build: Build, object: BuiltObject): Promise<void> {
  await createOnce(
    world.stores[object.origin],
    bodyKey(object.digest, object.recipe),
    await build.open(object),
    object,
    true,
  );
}

async function createOnce(
  store: ObjectStore,
  key: ObjectKey,
  body: Body,
  object: BuiltObject,
  isPrivate = false,
): Promise<void> {
  const identity = identityOf(object);
  try {
    await store.put({ key, body, headers: object.headers, identity, condition: { absent: true } });
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    const stored = await store.head(key);
    // Deleted between the two requests: put it like a first time.
    if (stored === null) await store.put({ key, body, headers: object.headers, identity });
    else if (!(await holdsSame(store, stored, body, identity)))
      throw new PublishError('immutable-conflict', `${key} in ${store.name} holds other bytes`, { file: object.path });
    // Staged bodies are served by nobody: their headers do not matter.
    else if (!isPrivate && !isSameHeaders(stored, object))
      await store.copy({ from: key, to: key, headers: object.headers, identity });
  }
}

/** Our own metadata answers at once; an object without it is compared byte by byte. */
async function holdsSame(
  store: ObjectStore,
  stored: StoredObject,
  body: Body,
  identity: ObjectIdentity,
): Promise<boolean> {
  if (stored.identity !== undefined)
    return stored.identity.digest === identity.digest && stored.identity.recipe === identity.recipe;
  if (!('bytes' in body)) return stored.size === body.size;
  const found = stored.size === body.bytes.length ? await store.get(stored.key) : null;
  return found?.bytes.equals(body.bytes) ?? false;
}

/** Puts an object at a stable name, replacing what is there. */
export async function replaceObject(world: World, build: Build, object: BuiltObject): Promise<void> {
  const body = await build.open(object);
  await world.stores[object.origin].put({
    key: object.key,
    body,
    headers: object.headers,
    identity: identityOf(object),
  });
}

/** Puts a staged body live. */
export async function copyLive(world: World, object: BuiltObject): Promise<void> {
  const from = bodyKey(object.digest, object.recipe);
  await world.stores[object.origin].copy({
    from,
    to: object.key,
    headers: object.headers,
    identity: identityOf(object),
  });
}

/** Changes the headers of an object that keeps its bytes: a copy onto itself with the complete set. */
export async function rewriteHeaders(world: World, object: BuiltObject): Promise<void> {
  const { origin, key, headers } = object;
  await world.stores[origin].copy({ from: key, to: key, headers, identity: identityOf(object) });
}

/** Creates an immutable object from another key of the store that holds the same content; sends it if that is gone. */
export async function copyImmutable(world: World, build: Build, object: BuiltObject, from: ObjectKey): Promise<void> {
  try {
    const { origin, key, headers } = object;
    await world.stores[origin].copy({ from, to: key, headers, identity: identityOf(object) });
  } catch (error) {
    if (!(error instanceof PublishError) || error.code !== 'store-failed' || error.transient) throw error;
    await createImmutable(world, build, object);
  }
}
