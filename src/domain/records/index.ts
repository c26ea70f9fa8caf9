// The records that a state holds.

export * from './base.ts';
export * from './ec2.ts';
export type * from './vpc-part.ts';
export * from './endpoint.ts';
export * from './hosted-zone.ts';
export * from './iam.ts';
export * from './lattice.ts';
export * from './policy.ts';
export * from './resource.ts';
export * from './vpc-endpoint.ts';
