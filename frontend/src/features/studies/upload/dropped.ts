/** The files in a drop or a picker, folders walked, names kept as the path inside the folder. */
import type { PictureFacts } from '../../../api/pictures';

export interface PickedFile {
  /** Path relative to what was dropped. */
  name: string;
  file: File;
  /** What a table says of it. */
  picture?: PictureFacts;
}

export interface Picked {
  files: PickedFile[];
  /** What media and exports carry besides images; told, but not sent. */
  leftOutCount: number;
}

/** Droppings of file managers; not worth a word. */
const IGNORED = /(^|\/)(\.DS_Store|Thumbs\.db|desktop\.ini|__MACOSX\/.*)$/;

/** Companions of images on media, by names that no image has. */
const COMPANION =
  /(^|\/)(DICOMDIR|README|LOCKFILE|VERSION|LICENSE|[^/]*\.(txt|pdf|html?|xml|xsl|ini|inf|exe|dll|msi|cab|bat|cmd|sh|so|dylib|jar|class|app|plist|js|css|ico|icns|chm|hlp))$/i;

export function isWorthSending(name: string): boolean {
  return !IGNORED.test(name) && !COMPANION.test(name);
}

function picked(all: PickedFile[]): Picked {
  const meant = all.filter(({ name }) => !IGNORED.test(name));
  // One file chosen by itself is meant, whatever its name.
  const files = meant.length === 1 ? meant : meant.filter(({ name }) => isWorthSending(name));
  return { files, leftOutCount: meant.length - files.length };
}

function readAll(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader();
  const found: FileSystemEntry[] = [];
  return new Promise((resolve, reject) => {
    // A reader gives at most a hundred entries at a time, and none when it is done.
    const next = () =>
      reader.readEntries((entries) => {
        if (entries.length === 0) resolve(found);
        else {
          found.push(...entries);
          next();
        }
      }, reject);
    next();
  });
}

async function walk(entry: FileSystemEntry, into: PickedFile[]): Promise<void> {
  if (entry.isDirectory) {
    for (const child of await readAll(entry as FileSystemDirectoryEntry)) await walk(child, into);
    return;
  }
  const file = await new Promise<File>((resolve, reject) =>
    (entry as FileSystemFileEntry).file(resolve, reject),
  );
  into.push({ name: entry.fullPath.replace(/^\//, ''), file });
}

export async function filesFromDrop(transfer: DataTransfer): Promise<Picked> {
  // The entries must be taken before the first await, or the browser empties the list.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
  const loose = [...transfer.files];
  const found: PickedFile[] = [];
  if (entries.some((entry) => entry !== null)) {
    for (const entry of entries) if (entry) await walk(entry, found);
  } else {
    found.push(...loose.map((file) => ({ name: file.name, file })));
  }
  return picked(found);
}

export function filesFromPicker(list: FileList | null): Picked {
  return picked(
    [...(list ?? [])].map((file) => ({ name: file.webkitRelativePath || file.name, file })),
  );
}
