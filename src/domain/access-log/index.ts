// Access-log subscriptions.

export {
  accessLogsOf,
  createAccessLogSubscription,
  deleteAccessLogSubscription,
  getAccessLogSubscription,
  getLogOwner,
  removeAccessLogs,
  updateAccessLogSubscription,
} from './access-log.ts';
