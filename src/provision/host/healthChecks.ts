/** The port to whoever looks at a host from outside and lets names follow what it sees. */

export interface HealthCheck {
  readonly id: string;
  readonly address: string;
  readonly port: number;
  readonly path: string;
  /** Whether it says whose it is. */
  readonly isTagged: boolean;
}

export interface HealthCheckRequest {
  readonly address: string;
  readonly port: number;
  readonly path: string;
  /** Sent as the Host header. */
  readonly name: string;
  /** The same again is the same health check. */
  readonly reference: string;
}

export interface HealthChecks {
  find(): Promise<HealthCheck | null>;
  create(request: HealthCheckRequest): Promise<HealthCheck>;
  /** Asks another address from now on. */
  update(id: string, request: Omit<HealthCheckRequest, 'reference'>): Promise<HealthCheck>;
  remove(id: string): Promise<void>;
}
