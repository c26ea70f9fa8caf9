// Backups of the database, and the way back.

export { BackupProblem, backupSize, checkBackup, type BackupHead } from './backup-file.ts';
export { removeLeftovers, restoreBackup } from './restore-backup.ts';
export { takeBackup, type TakenBackup } from './take-backup.ts';
