/** The files in a drop or a picker, folders walked, names kept as the path inside the folder. */

export interface PickedFile {
  /** Path relative to what was dropped. */
  name: string;
  file: File;
}

/** Droppings of file managers; never worth a quarantine entry. */
const IGNORED = /(^|\/)(\.DS_Store|Thumbs\.db|desktop\.ini|__MACOSX\/.*)$/;

export function isWorthSending(name: string): boolean {
  return !IGNORED.test(name);
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

export async function filesFromDrop(transfer: DataTransfer): Promise<PickedFile[]> {
  // The entries must be taken before the first await, or the browser empties the list.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
  const loose = [...transfer.files];
  const found: PickedFile[] = [];
  if (entries.some((entry) => entry !== null)) {
    for (const entry of entries) if (entry) await walk(entry, found);
  } else {
    found.push(...loose.map((file) => ({ name: file.name, file })));
  }
  return found.filter((picked) => isWorthSending(picked.name));
}

export function filesFromPicker(list: FileList | null): PickedFile[] {
  return [...(list ?? [])]
    .map((file) => ({ name: file.webkitRelativePath || file.name, file }))
    .filter((picked) => isWorthSending(picked.name));
}
