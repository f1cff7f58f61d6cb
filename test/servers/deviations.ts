/**
 * Cases of the contract in which a server is known to differ from AWS: name -> what it does instead.
 * Measured on the versions named; a case that has come to pass should be taken out.
 */

/** Ceph radosgw 16.2.15 (Debian 12). */
export const rgwDeviations: Readonly<Record<string, string>> = {};

/** moto 5.2.1. */
export const motoDeviations: Readonly<Record<string, string>> = {};
