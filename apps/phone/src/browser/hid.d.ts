/** WebHID, as far as it is used here; the compiler's own library does not have it. */
interface HidDevice extends EventTarget {
  readonly productName: string;
  readonly opened: boolean;
  readonly collections: import('./headset-fields.ts').HidReports['collections'];
  oninputreport: ((event: { readonly reportId: number; readonly data: DataView }) => void) | null;
  open(): Promise<void>;
}

interface Navigator {
  readonly hid?: {
    getDevices(): Promise<HidDevice[]>;
    requestDevice(options: { filters: { usagePage: number }[] }): Promise<HidDevice[]>;
  };
}
