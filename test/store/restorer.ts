// A process that restores the backup of its first argument as the database of its second, and says when it begins and ends.

import { writeSync } from 'node:fs';
import { restoreBackup } from '../../src/store/backup/index.ts';

const [backup = '', target = ''] = process.argv.slice(2);
writeSync(1, 'begin\n');
await restoreBackup(backup, target);
writeSync(1, 'end\n');
