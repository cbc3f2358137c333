/** Telephony page of the HID Usage Tables. */
export const TELEPHONY_PAGE = 0x0b;

/** What a headset says about its reports, as far as it is looked at (WebHID). */
export interface HidReports {
  readonly collections: readonly {
    readonly usagePage: number;
    readonly inputReports?: readonly {
      readonly reportId?: number;
      readonly items?: readonly {
        readonly usages?: readonly number[];
        readonly reportSize?: number;
        readonly reportCount?: number;
      }[];
    }[];
  }[];
}

interface KeyField {
  readonly reportId: number;
  readonly bit: number;
  readonly usage: number;
}

/** Where in the input reports the keys are. */
export function telephonyFields(device: HidReports): KeyField[] {
  return device.collections
    .filter(({ usagePage }) => usagePage === TELEPHONY_PAGE)
    .flatMap(({ inputReports = [] }) =>
      inputReports.flatMap((report) => {
        let bit = 0;
        return (report.items ?? []).flatMap(({ usages = [], reportSize = 0, reportCount = 0 }) => {
          const begins = bit;
          bit += reportSize * reportCount;
          return usages
            .filter((usage) => usage >> 16 === TELEPHONY_PAGE)
            .map((usage, index) => ({
              reportId: report.reportId ?? 0,
              bit: begins + index * reportSize,
              usage: usage & 0xffff,
            }));
        });
      }),
    );
}
