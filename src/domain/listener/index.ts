// Listeners of services.

export {
  createListener,
  deleteListener,
  judgeListenerUpdate,
  judgeNewListener,
  updateListener,
  type CreateListenerInput,
  type ListenerResult,
} from './listener.ts';
export { defaultActionOf, getListener, listListeners } from './read.ts';
