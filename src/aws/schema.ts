// Reads operations and errors out of the schemas that AWS's published SDK packages export.

import { NormalizedSchema } from '@smithy/core/schema';

/** A schema as `@smithy/core` presents it: `getMemberSchemas`, `isListSchema`, traits. */
export type Schema = NormalizedSchema;

/** One operation of a service. `http` is there for protocols that bind operations to method and URI. */
export interface Operation {
  readonly name: string;
  readonly http?: { readonly method: string; readonly uri: string; readonly status: number };
  readonly input: Schema;
  readonly output: Schema;
}

/** One exception of a service. */
export interface ErrorShape {
  readonly name: string;
  readonly status: number;
  readonly schema: Schema;
}

/** All that a service's package says about its wire. */
export interface ServiceSchema {
  readonly operations: ReadonlyMap<string, Operation>;
  readonly errors: ReadonlyMap<string, ErrorShape>;
}

type SchemaRef = Parameters<typeof NormalizedSchema.of>[0];

/**
 * Reads a package's exports. The layout is undocumented and pinned by a test: an operation is
 * `[9, namespace, name, { http: [method, uri, status] } or 0, input, output]`, an error is `[-3, namespace, name, { httpError }, …]`.
 */
export function readServiceSchema(exports: Readonly<Record<string, unknown>>): ServiceSchema {
  const operations = new Map<string, Operation>();
  const errors = new Map<string, ErrorShape>();
  for (const value of Object.values(exports)) {
    if (!Array.isArray(value)) continue;
    const [kind, , name, traits, input, output] = value as readonly unknown[];
    if (typeof name !== 'string') continue;
    if (kind === 9) {
      const http = readHttp(traits);
      operations.set(name, {
        name,
        ...(http === undefined ? {} : { http }),
        input: NormalizedSchema.of(input as SchemaRef),
        output: NormalizedSchema.of(output as SchemaRef),
      });
    } else if (kind === -3) {
      const schema = NormalizedSchema.of(value as unknown as SchemaRef);
      const { httpError } = schema.getMergedTraits();
      errors.set(name, { name, status: typeof httpError === 'number' ? httpError : 400, schema });
    }
  }
  return { operations, errors };
}

function readHttp(traits: unknown): Operation['http'] {
  if (typeof traits !== 'object' || traits === null || !('http' in traits) || !Array.isArray(traits.http))
    return undefined;
  const [method, uri, status] = traits.http as readonly unknown[];
  if (typeof method !== 'string' || typeof uri !== 'string' || typeof status !== 'number') return undefined;
  return { method, uri, status };
}

/** The members of a structure that must be there. They come first, and the schema's last element counts them. */
export function requiredMembers(schema: Schema): readonly string[] {
  const raw: unknown = schema.getSchema();
  if (!Array.isArray(raw)) return [];
  const [, , , , members, , count] = raw as readonly unknown[];
  return Array.isArray(members) && typeof count === 'number' ? (members as string[]).slice(0, count) : [];
}

/** The members of a structure in the schema's order; of the unit type, none. */
export function membersOf(schema: Schema): readonly (readonly [name: string, member: Schema])[] {
  return schema.isUnitSchema() ? [] : [...schema.structIterator()];
}
