/** Invalidations of the distributions of the account; the rules are those of fakeCloudFront.ts. */
import { ServiceError } from './codec.js';
import type { FakeCloudFrontState } from './cloudFront.js';
import type { Handlers } from './server.js';

export interface FakeInvalidation {
  readonly id: string;
  readonly distribution: string;
  readonly reference: string;
  readonly paths: readonly string[];
  completed: boolean;
}

interface Input {
  readonly DistributionId: string;
  readonly Id?: string;
  readonly InvalidationBatch: {
    readonly CallerReference: string;
    readonly Paths: { readonly Items?: readonly string[] };
  };
}

export function openInvalidations(state: FakeCloudFrontState): Handlers {
  const show = (one: FakeInvalidation) => ({
    Invalidation: {
      Id: one.id,
      Status: one.completed ? 'Completed' : 'InProgress',
      CreateTime: new Date(0),
      InvalidationBatch: { Paths: { Quantity: one.paths.length, Items: one.paths }, CallerReference: one.reference },
    },
  });
  const ownOf = ({ DistributionId }: Input) => {
    if (!state.distributions.has(DistributionId))
      throw new ServiceError(404, 'NoSuchDistribution', 'The specified distribution does not exist.');
    return state.invalidations.filter(({ distribution }) => distribution === DistributionId);
  };
  return {
    CreateInvalidation(input: Input) {
      const { CallerReference: reference, Paths } = input.InvalidationBatch;
      const paths = Paths.Items ?? [];
      const own = ownOf(input);
      const earlier = own.find((one) => one.reference === reference);
      if (earlier !== undefined) {
        if (String(earlier.paths) !== String(paths)) throw new ServiceError(400, 'InvalidationBatchAlreadyExists');
        return show(earlier);
      }
      const active = [...own.filter(({ completed }) => !completed).flatMap((one) => one.paths), ...paths];
      const wildcards = active.filter((path) => path.endsWith('*')).length;
      if (wildcards > 15 || active.length - wildcards > 3000)
        throw new ServiceError(400, 'TooManyInvalidationsInProgress');
      const id = `I${state.invalidations.length + 1}`;
      const made = { id, distribution: input.DistributionId, reference, paths, completed: false };
      state.invalidations.push(made);
      return show(made);
    },
    GetInvalidation(input: Input) {
      const found = ownOf(input).find(({ id }) => id === input.Id);
      if (found === undefined) throw new ServiceError(404, 'NoSuchInvalidation');
      const shown = show(found);
      found.completed = true;
      return shown;
    },
  };
}
