// Access-log subscriptions.

export {
  accessLogsOf,
  listAccessLogs,
  createAccessLogSubscription,
  deleteAccessLogSubscription,
  getAccessLogSubscription,
  getLogOwner,
  removeAccessLogs,
  updateAccessLogSubscription,
} from './access-log.ts';
