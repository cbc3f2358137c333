/** What the contract says, as types only: schemas stay out of a page's script. */
import type { ENDPOINTS, ReplyOf } from '@unisono/contract';

export type {
  ClientConnection,
  ENDPOINTS,
  HistoryEntry,
  ReplyOf,
  SettingsPatch,
  SettingsView,
} from '@unisono/contract';

export type SignInMethodsView = ReplyOf<typeof ENDPOINTS.signInMethods>;
export type SettingsChangeView = ReplyOf<typeof ENDPOINTS.changeSettings, 202>;
export type PreviewView = ReplyOf<typeof ENDPOINTS.previewSettings>;
export type NotificationSettingsView = ReplyOf<typeof ENDPOINTS.changeNotifications>;
export type MailedTokenView = ReplyOf<typeof ENDPOINTS.lookAtMailedToken>;
export type PairingView = ReplyOf<typeof ENDPOINTS.startPairing>;
export type PairingStateView = ReplyOf<typeof ENDPOINTS.pairing>;
export type VoicemailBoxView = ReplyOf<typeof ENDPOINTS.voicemail>;
export type AudioFileView = ReplyOf<typeof ENDPOINTS.greeting>;
export type TotpStartedView = ReplyOf<typeof ENDPOINTS.startTotp>;
export type DirectoryResult = ReplyOf<typeof ENDPOINTS.searchDirectory>;
