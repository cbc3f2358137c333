import type { CallDefaults } from './company.ts';
import type { Capacity, ClassOfService, GatewayKind } from './devices.ts';
import type { UserSettings } from './people.ts';

/** Flex licences a system takes at most. */
export const MAX_FLEX_LICENCES = 12_000;

/** Remembered alternative numbers of a user. */
export const MAX_EARLIER_ALTERNATIVE_NUMBERS = 10;

/** What each kind of gateway carries unless its entry says otherwise. */
export const CAPACITY_PROFILES: Readonly<Record<GatewayKind, Capacity>> = {
  softgate: { devices: 25_000, mediaChannels: 120 },
  stmix: { devices: 4_000, mediaChannels: 120 },
  stmiy: { devices: 8_000, mediaChannels: 120 },
};

export const DEFAULT_CALL_DEFAULTS: CallDefaults = {
  ringSec: 20,
  ufipKeepAlive: { intervalSec: 60, attempts: 3 },
};

/** The settings of a user, and of a station without a user, before anybody chose any. */
export const DEFAULT_USER_SETTINGS: UserSettings = {
  routing: 'default',
  busy: 'default',
  noAnswer: 'none',
  ringOrder: { order: 'simultaneous' },
  earlierAlternativeNumbers: [],
};

/** The class of service that exists when the data names none, and that a station has when it names none. */
export const DEFAULT_CLASS_OF_SERVICE: ClassOfService = {
  id: 'standard',
  allow: ['internal', 'national', 'international', 'services', 'featureCodes'],
  watch: true,
};
