/** Stands in for the XML library of readers that come along with the graphics and are never used. */
export function create(): never {
  throw new Error('no XML is read here'); // not shown
}
