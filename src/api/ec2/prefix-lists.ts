// The calls that change prefix lists.

import type {
  AddPrefixListEntry,
  CreateManagedPrefixListRequest,
  CreateManagedPrefixListResult,
  DeleteManagedPrefixListRequest,
  DeleteManagedPrefixListResult,
  ModifyManagedPrefixListRequest,
  ModifyManagedPrefixListResult,
  RestoreManagedPrefixListVersionRequest,
  RestoreManagedPrefixListVersionResult,
} from '@aws-sdk/client-ec2';
import {
  createPrefixList,
  deletePrefixList,
  modifyPrefixList,
  restorePrefixList,
} from '../../domain/prefix-list/index.ts';
import type { ManagedPrefixList } from '../../domain/records/index.ts';
import type { Valid, Wire } from '../operation.ts';
import { changeEc2 } from './change-ec2.ts';
import { changeEc2Once } from './change-ec2-once.ts';
import { describeList } from './describe-managed-prefix-lists.ts';
import { present } from './optional.ts';
import { readTags } from './tags.ts';

function readEntries(entries: readonly Valid<AddPrefixListEntry>[] = []) {
  return entries.map(({ Cidr, Description }) => ({ cidr: Cidr, ...present({ description: Description }) }));
}

const shown = (stored: ManagedPrefixList) => ({ PrefixList: describeList({ ...stored, stored }) });

/** Create, modify, restore and delete. */
export const prefixListOperations = [
  changeEc2Once(
    'CreateManagedPrefixList',
    createPrefixList,
    (request: Valid<CreateManagedPrefixListRequest>) => ({
      ...{ name: request.PrefixListName, addressFamily: request.AddressFamily, maxEntries: request.MaxEntries },
      ...{ entries: readEntries(request.Entries), ...readTags(request.TagSpecifications, 'prefix-list') },
    }),
    (list): Wire<CreateManagedPrefixListResult> => shown(list),
  ),
  changeEc2(
    'ModifyManagedPrefixList',
    modifyPrefixList,
    (request: Valid<ModifyManagedPrefixListRequest>) => ({
      ...{ prefixListId: request.PrefixListId, added: readEntries(request.AddEntries) },
      removed: (request.RemoveEntries ?? []).map(({ Cidr }) => Cidr),
      ...present({
        ...{ currentVersion: request.CurrentVersion, name: request.PrefixListName, maxEntries: request.MaxEntries },
      }),
    }),
    (list): Wire<ModifyManagedPrefixListResult> => shown(list),
  ),
  changeEc2(
    'RestoreManagedPrefixListVersion',
    restorePrefixList,
    (request: Valid<RestoreManagedPrefixListVersionRequest>) => ({
      ...{ prefixListId: request.PrefixListId, previousVersion: request.PreviousVersion },
      currentVersion: request.CurrentVersion,
    }),
    (list): Wire<RestoreManagedPrefixListVersionResult> => shown(list),
  ),
  changeEc2(
    'DeleteManagedPrefixList',
    deletePrefixList,
    ({ PrefixListId }: Valid<DeleteManagedPrefixListRequest>) => ({ prefixListId: PrefixListId }),
    (list): Wire<DeleteManagedPrefixListResult> => shown(list),
  ),
];
