// What is known of one call of an operation, for whoever makes an audit event of it.

/** One call of a known operation. */
export interface AuditedCall {
  /** Who called; undefined when the signature was not believed. */
  readonly principalArn: string | undefined;
  /** As the request claims, believed or not; undefined when it claims none. */
  readonly accessKeyId: string | undefined;
  /** Whose event it is: the caller's account; else that of the claimed key, else the server's default one. */
  readonly account: string;
  readonly region: string;
  /** As in the signature's scope: `vpc-lattice`, `ec2`. */
  readonly service: string;
  readonly operation: string;
  readonly requestId: string;
  readonly eventId: string;
  readonly sourceIp: string;
  /** The VPC of which `sourceIp` is an address; absent: the call came from outside. */
  readonly sourceVpc?: string;
  readonly userAgent: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Plain JSON, secrets hidden; undefined when the input could not be read. */
  readonly parameters: unknown;
  /** How it ended: with its output as plain JSON, secrets hidden, or with an error. */
  readonly end:
    | { readonly kind: 'answered'; readonly elements: unknown }
    | { readonly kind: 'refused'; readonly code: string; readonly message: string };
}
