// Access-log subscriptions.

export {
  accessLogsOf,
  listAccessLogs,
  createAccessLogSubscription,
  deleteAccessLogSubscription,
  getAccessLogSubscription,
  judgeAccessLogSubscriptionUpdate,
  judgeNewAccessLogSubscription,
  removeAccessLogs,
  updateAccessLogSubscription,
} from './access-log.ts';
