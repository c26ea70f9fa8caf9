// What a protocol must be able to do for the server: find the operation, read its input, write results and errors.

import type { SignatureFailure } from '../sigv4/index.ts';
import type { Constraints } from './constraints.ts';
import type { Issue } from './issue.ts';
import type { Obstacle } from './obstacle.ts';
import type { Operation, ServiceSchema } from './schema.ts';
import type { ServiceError } from './service-error.ts';

/** AWS's protocols by the names of their Smithy traits. */
export type Protocol = 'restJson1' | 'restXml' | 'awsJson1_0' | 'awsJson1_1' | 'ec2Query' | 'query';

/** A service as data: whose packages hold its schema, how it is signed and spoken. */
export interface ServiceDefinition {
  /** Ours, short: `lattice`, `ec2`, `sts`. */
  readonly id: string;
  readonly protocol: Protocol;
  /** The name in the signature's scope, and the Host prefix of its endpoints. */
  readonly signingName: string;
  /** Of a service that is the same in every region: the region that clients sign its calls for, served or not. */
  readonly globalRegion?: string;
  /** For query protocols: the API version of the form's `Version`. */
  readonly version?: string;
  /** For query protocols and restXml: the namespace of the XML answers. */
  readonly xmlNamespace?: string;
  /** For awsJson: what precedes the operation in `X-Amz-Target`, without the namespace that some clients put before it. */
  readonly targetPrefix?: string;
  /** For awsJson and restXml: the service's exception for an input that breaks the model, when that is not `ValidationException`. */
  readonly invalidInput?: string;
  /** Operations that are called without a signature. */
  readonly unsigned?: readonly string[];
  /** The exports of the service's SDK package; called once, at the first call, for large ones take a while to load. */
  readonly load: () => Promise<Readonly<Record<string, unknown>>>;
  readonly constraints: Constraints;
}

/** A service whose schema is read. */
export interface Service {
  readonly definition: ServiceDefinition;
  readonly schema: ServiceSchema;
}

/** A request as the codecs see it. `path` and `query` are raw. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** An answer ready for the socket. */
export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An operation that a request means, with the labels of its path (still percent-encoded; none in protocols without URIs). */
export interface FoundOperation {
  readonly operation: Operation;
  readonly labels: ReadonlyMap<string, string>;
}

/** One protocol. Codecs keep nothing: the same object serves every request. */
export interface Codec {
  /** The operation that a request means, undefined when the service has none such. */
  findOperation(service: Service, request: WireRequest): FoundOperation | undefined;
  /** The input, with an issue for everything that does not have the schema's type. */
  decodeInput(found: FoundOperation, request: WireRequest, issues: Issue[]): unknown;
  encodeResult(service: Service, operation: Operation, output: unknown, requestId: string): WireResponse;
  encodeError(service: Service, error: ServiceError, requestId: string): WireResponse;
  /** The protocol's own words for what every service refuses. */
  readonly refusals: {
    /** What the server turns away before any operation is known. */
    turnedAway(reason: Obstacle, message: string): ServiceError;
    unknownOperation(request: WireRequest): ServiceError;
    badInput(issues: readonly Issue[], service: Service): ServiceError;
    badSignature(failure: SignatureFailure): ServiceError;
    notImplemented(operation: string): ServiceError;
    internal(requestId: string): ServiceError;
  };
}
