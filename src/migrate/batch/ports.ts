/** What a migration needs of a service that copies long lists of objects by itself (S3 Batch Operations). */
import type { ObjectHeaders, ObjectKey } from '../../build/build.js';
import type { Extras } from '../ports.js';

/** "NewObjectMetadata" holds for a whole job: objects of one list get the same complete set. */
export interface CopyList {
  /** Of this list alone, and the same in every run: creating its job twice gives the same job. */
  readonly name: string;
  readonly headers: ObjectHeaders;
  readonly extras: Extras;
}

export interface JobProgress {
  readonly state: 'under-way' | 'complete' | 'ended-badly';
  /** The service's own word for it. */
  readonly status: string;
  readonly succeeded: number;
  readonly failed: number;
  readonly reasons: readonly string[];
}

/** One line of a completion report. */
export interface ReportedObject {
  readonly key: ObjectKey;
  readonly succeeded: boolean;
  readonly message: string;
}

export interface BatchService {
  /**
   * Stores the list beside the release records of the target and creates a job.
   * @param keys at most as many as one job takes.
   * @param unchangedSince objects that changed after that moment fail instead of being copied.
   * @returns id of the job.
   */
  create(list: CopyList, keys: readonly ObjectKey[], unchangedSince: Date): Promise<string>;
  progress(job: string): Promise<JobProgress>;
  /** Of a job that is complete. */
  report(list: CopyList, job: string): AsyncIterable<ReportedObject>;
}
