// Access-log subscriptions.

export {
  accessLogsOf,
  listAccessLogs,
  createAccessLogSubscription,
  deleteAccessLogSubscription,
  getAccessLogSubscription,
  removeAccessLogs,
  updateAccessLogSubscription,
} from './access-log.ts';
