/** CloudFront Functions with their two stages, and key-value stores. */
import { ServiceError } from './codec.js';
import type { FakeCloudFrontState, FakeKeyValueStore } from './cloudFront.js';
import { checkVersion } from './documents.js';
import { accountId, type Handlers } from './server.js';

interface Stage {
  readonly config: Record<string, unknown>;
  readonly code: Buffer;
}

export interface FakeFunction {
  readonly name: string;
  readonly arn: string;
  development: Stage;
  live: Stage | null;
  /** Of DEVELOPMENT; that of LIVE is another one. */
  version: string;
  liveVersion: string;
}

interface Input {
  readonly Name: string;
  readonly IfMatch?: string;
  readonly Stage?: string;
  readonly Comment?: string;
  readonly FunctionConfig: Record<string, unknown>;
  readonly FunctionCode: Buffer;
}

/** "Maximum function size: 10 KB" (Developer Guide, "Quotas on CloudFront Functions"). */
const largestFunction = 10 * 1024;

export function openFakeFunctions(state: FakeCloudFrontState): Handlers {
  const { functions, keyValueStores: stores } = state;
  const get = ({ Name }: Input): FakeFunction => {
    const found = functions.get(Name);
    if (found === undefined)
      throw new ServiceError(404, 'NoSuchFunctionExists', `The function ${Name} does not exist.`);
    return found;
  };
  const stageOf = (found: FakeFunction, stage = 'DEVELOPMENT'): Stage => {
    const wanted = stage === 'LIVE' ? found.live : found.development;
    if (wanted === null) throw new ServiceError(404, 'NoSuchFunctionExists', 'The function was not published.');
    return wanted;
  };
  const summarize = (found: FakeFunction, stage = 'DEVELOPMENT') => ({
    FunctionSummary: {
      Name: found.name,
      Status: found.live === null ? 'UNPUBLISHED' : 'UNASSOCIATED',
      FunctionConfig: stageOf(found, stage).config,
      FunctionMetadata: {
        FunctionARN: found.arn,
        Stage: stage,
        CreatedTime: new Date(0),
        LastModifiedTime: new Date(0),
      },
    },
    ETag: stage === 'LIVE' ? found.liveVersion : found.version,
  });
  const check = ({ FunctionCode, FunctionConfig }: Input): void => {
    if (FunctionCode.length > largestFunction)
      throw new ServiceError(413, 'FunctionSizeLimitExceeded', 'The function is too large.');
    const associations = FunctionConfig.KeyValueStoreAssociations as
      { Items?: { KeyValueStoreARN: string }[] } | undefined;
    const arns = (associations?.Items ?? []).map(({ KeyValueStoreARN }) => KeyValueStoreARN);
    if (arns.length > 1) throw new ServiceError(400, 'InvalidArgument', 'A function can have one key value store.');
    for (const arn of arns) {
      const store = [...stores.values()].find((one) => one.arn === arn);
      if (store?.status !== 'READY')
        throw new ServiceError(400, 'InvalidArgument', `The key value store ${arn} is not ready.`);
    }
    if (arns.length > 0 && FunctionConfig.Runtime !== 'cloudfront-js-2.0')
      throw new ServiceError(400, 'InvalidArgument', 'Key value stores need the runtime cloudfront-js-2.0.');
    if (arns.length === 0 && FunctionCode.includes("from 'cloudfront'"))
      throw new ServiceError(400, 'InvalidArgument', 'The function reads a key value store and has none.');
  };
  const storeOf = ({ Name }: { readonly Name: string }): FakeKeyValueStore => {
    const store = stores.get(Name);
    if (store === undefined) throw new ServiceError(404, 'EntityNotFound', `The entity ${Name} was not found.`);
    return store;
  };
  const showStore = ({ id, name, arn, comment, status, version }: FakeKeyValueStore) => ({
    KeyValueStore: { Name: name, Id: id, Comment: comment, ARN: arn, LastModifiedTime: new Date(0), Status: status },
    ETag: version,
  });
  return {
    CreateFunction(input: Input) {
      if (functions.has(input.Name))
        throw new ServiceError(409, 'FunctionAlreadyExists', 'A function with the same name already exists.');
      if (!/^[\w-]{1,64}$/.test(input.Name)) throw new ServiceError(400, 'InvalidArgument', 'Name');
      check(input);
      const found: FakeFunction = {
        name: input.Name,
        arn: `arn:aws:cloudfront::${accountId}:function/${input.Name}`,
        development: { config: input.FunctionConfig, code: input.FunctionCode },
        live: null,
        version: state.nextVersion(),
        liveVersion: '',
      };
      functions.set(input.Name, found);
      return summarize(found);
    },
    DescribeFunction: (input: Input) => summarize(get(input), input.Stage),
    GetFunction(input: Input) {
      const found = get(input);
      return {
        FunctionCode: stageOf(found, input.Stage).code,
        ETag: found.version,
        ContentType: 'application/octet-stream',
      };
    },
    UpdateFunction(input: Input) {
      const found = get(input);
      checkVersion(found.version, input.IfMatch);
      check(input);
      found.development = { config: input.FunctionConfig, code: input.FunctionCode };
      found.version = state.nextVersion();
      return summarize(found);
    },
    PublishFunction(input: Input) {
      const found = get(input);
      checkVersion(found.version, input.IfMatch);
      found.live = found.development;
      found.liveVersion = state.nextVersion();
      return summarize(found, 'LIVE');
    },
    DeleteFunction(input: Input) {
      const found = get(input);
      checkVersion(found.version, input.IfMatch);
      if ([...state.distributions.values()].some(({ config }) => JSON.stringify(config).includes(found.arn)))
        throw new ServiceError(409, 'FunctionInUse', 'The function is in use.');
      functions.delete(input.Name);
      return {};
    },
    CreateKeyValueStore({ Name, Comment = '' }: Input) {
      if (stores.has(Name)) throw new ServiceError(409, 'EntityAlreadyExists', 'The entity already exists.');
      const id = `kvs-${stores.size + 1}`;
      const arn = `arn:aws:cloudfront::${accountId}:key-value-store/${id}`;
      const store: FakeKeyValueStore = {
        id,
        name: Name,
        arn,
        comment: Comment,
        status: 'PROVISIONING',
        version: state.nextVersion(),
        dataVersion: state.nextVersion(),
        items: new Map(),
      };
      stores.set(Name, store);
      return showStore(store);
    },
    DescribeKeyValueStore(input: Input) {
      const store = storeOf(input);
      const shown = showStore(store);
      store.status = 'READY';
      return shown;
    },
    DeleteKeyValueStore(input: Input) {
      const store = storeOf(input);
      checkVersion(store.version, input.IfMatch);
      if ([...functions.values()].some(({ development }) => JSON.stringify(development.config).includes(store.arn)))
        throw new ServiceError(409, 'CannotDeleteEntityWhileInUse', 'The store is in use.');
      stores.delete(input.Name);
      return {};
    },
  };
}
