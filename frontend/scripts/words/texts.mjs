// Finds in a TypeScript file the texts that pass through t() or rich(), and those that should.
import ts from 'typescript';

const VISIBLE = new Set(
  `title label aria-label aria-description aria-valuetext aria-roledescription placeholder alt
  description text note message side empty heading summary caption otherwise kept todo prefix suffix
  nothingFound hint about legend section detail why word words closeButtonLabel tip unit`.split(
    /\s+/,
  ),
);
// Attributes and properties that never hold a text for people.
const SILENT =
  /^(className|style|d|viewBox|key|id|to|href|type|role|rel|transform|points|grid.*|font.*|border.*|background.*|padding|margin|height|width|maw|maxHeight|minHeight|size|radius|shadow|transition|inset|fill|stroke.*|autoComplete|queryKey|mutationKey|path|variant|c|gap|position|overlayProps|fileName|shortcut|keys)$/;
const CODE_CALLS =
  /^(Error|TypeError|RangeError|Blob|File|querySelector|querySelectorAll|closest|matches|addEventListener|removeEventListener|includes|startsWith|endsWith|split|join|replace|replaceAll|indexOf|lastIndexOf|test|match|getItem|setItem|removeItem|set|get|has|append|setAttribute|getAttribute|expect|invariant|createElement|GET|POST|PUT|PATCH|DELETE|getContext|lazy|lazyRouteComponent|import|Collator|NumberFormat|useCommands|observe)$/;
// Words that are the same everywhere, and signs.
const SAME =
  /^(Collimate|OHIF|DICOM|CSV|AI|ID|UID|HU|SUV|CT|MR|MRI|MPR|MIP|MinIP|PACS|Ctrl|Esc|Tab|Alt|mm|cm|px|ms|min|kB|MB|GB|TB|Inter|Bearer|Authorization|JSON|NIfTI|SHA|SVG|VR|Enter|RGB|SD|STOW|RS|STORE|span|AND|OR|x|W|L|R|A|P|S|H|F|n|fps)$/;

/** True when a text has a word in it that a translator would touch. */
export function hasWord(text) {
  const words = text.match(/\p{L}[\p{L}\p{M}]*/gu) ?? [];
  return words.some((word) => word.length > 1 && !SAME.test(word));
}

// Selectors, colours, lists of fonts, and headers.
const CODE = /[[\]<>=]|^#|sans-serif|^\w+(-\w+)+$|^[\w.]+\/[\w.+-]+/;

function isSentence(text) {
  return (
    hasWord(text) &&
    !CODE.test(text) &&
    (/\p{L}\S*\s(.*\s)?\S*\p{L}{2}/u.test(text) ||
      /\{\}\)? \p{Ll}{2,}|^\p{L}{2,}[:,;.]? \(?\{\}/u.test(text) ||
      /^\p{Lu}\p{Ll}{2,}$/u.test(text.trim()))
  );
}

/** The text of a JSX child as React shows it. */
export function shownJsxText(raw) {
  const lines = raw.split(/\r?\n/);
  return lines
    .map((line, index) => {
      let text = line.replaceAll('\t', ' ');
      if (index > 0) text = text.replace(/^ +/, '');
      if (index < lines.length - 1) text = text.replace(/ +$/, '');
      return text;
    })
    .filter((line) => line !== '')
    .join(' ');
}

export function literalText(node) {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (ts.isTemplateExpression(node))
    return [node.head.text, ...node.templateSpans.map((span) => span.literal.text)].join('{}');
  if (ts.isJsxText(node)) return shownJsxText(node.text);
  return null;
}

const nameOf = (node) => (ts.isStringLiteral(node) ? node.text : node.getText());

/** Where the value of an expression goes: through ?:, ??, ||, &&, +, `as`, and parentheses. */
function destination(node) {
  let child = node;
  let parent = node.parent;
  for (; ; child = parent, parent = parent.parent) {
    if (ts.isParenthesizedExpression(parent) || ts.isAsExpression(parent)) continue;
    if (ts.isSatisfiesExpression(parent) || ts.isNonNullExpression(parent)) continue;
    if (ts.isConditionalExpression(parent) && child !== parent.condition) continue;
    if (ts.isBinaryExpression(parent)) {
      const sign = parent.operatorToken.getText();
      if (['??', '||', '+'].includes(sign) || (sign === '&&' && child === parent.right)) continue;
    }
    return { parent, child };
  }
}

/** 'visible' for a place that is surely shown, 'code' for one that surely is not, else 'unknown'. */
function placeOf(node) {
  if (ts.isJsxText(node)) return 'visible';
  const { parent, child } = destination(node);
  if (ts.isJsxExpression(parent)) {
    if (!ts.isJsxAttribute(parent.parent)) return 'visible';
    return named(parent.parent.name.getText());
  }
  if (ts.isJsxAttribute(parent)) return named(parent.name.getText());
  if (ts.isPropertyAssignment(parent) && child === parent.initializer)
    return named(nameOf(parent.name));
  if (ts.isBinaryExpression(parent)) return 'code';
  if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) {
    const called = parent.expression;
    const name = ts.isPropertyAccessExpression(called) ? called.name.text : called.getText();
    if (CODE_CALLS.test(name)) return 'code';
  }
  if (
    ts.isImportDeclaration(parent) ||
    ts.isExportDeclaration(parent) ||
    ts.isLiteralTypeNode(parent) ||
    ts.isElementAccessExpression(parent) ||
    ts.isCaseClause(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isExternalModuleReference(parent) ||
    ts.isTemplateLiteralTypeNode(parent) ||
    ts.isTaggedTemplateExpression(parent) ||
    ts.isPropertyAssignment(parent) ||
    ts.isExpressionStatement(parent) ||
    ts.isEnumMember(parent)
  )
    return ts.isPropertyAssignment(parent) && child === parent.initializer ? 'unknown' : 'code';
  return 'unknown';
}

// Tables of words, by code: their single small words are texts too.
const TABLE =
  /^[A-Z_]*(WORDS?|NAMES?|TITLES?|REASONS|STATES|ARMS|TEXTS?|LABELS|KINDS|WAYS_IN|EMPTY|PRINTED|NOTES|HINTS)$/;
const TONES = new Set(['plain', 'accent', 'good', 'warn', 'bad']);

function isInTable(node) {
  if (!ts.isStringLiteralLike(node) || TONES.has(node.text)) return false;
  // In a pair of code and word the code comes first.
  const { parent } = node;
  if (ts.isArrayLiteralExpression(parent) && parent.elements[0] === node) {
    const second = parent.elements[1];
    if (second && ts.isStringLiteralLike(second) && !TONES.has(second.text)) return false;
  }
  // A list of codes alone.
  const isCode = (one) =>
    ts.isStringLiteral(one) && /^[a-z_]+$/.test(one.text) && !TONES.has(one.text);
  if (ts.isArrayLiteralExpression(parent) && parent.elements.every(isCode)) return false;
  for (let up = node.parent; up; up = up.parent) {
    if (ts.isFunctionLike(up) || ts.isTypeNode(up)) return false;
    if (ts.isCallExpression(up) || ts.isNewExpression(up)) return false;
    if (ts.isPropertyAssignment(up) && /^(value|key|kind)$/.test(up.name.getText())) return false;
    if (ts.isVariableDeclaration(up)) return TABLE.test(up.name.getText());
  }
  return false;
}

function named(name) {
  if (VISIBLE.has(name)) return 'visible';
  return SILENT.test(name) || name.startsWith('data-') ? 'code' : 'unknown';
}

function isInSilentPlace(node) {
  for (let up = node.parent; up; up = up.parent) {
    if (ts.isJsxAttribute(up)) return named(up.name.getText()) === 'code';
    if (ts.isPropertyAssignment(up) && named(nameOf(up.name)) === 'code') return true;
    if (ts.isTypeNode(up)) return true;
    if (ts.isFunctionLike(up) || ts.isJsxElement(up)) return false;
  }
  return false;
}

export const isTextCall = (node) =>
  ts.isCallExpression(node) && /^(t|rich)$/.test(node.expression.getText());

/** Calls `found` with each text call and `missed` with each node whose text does not pass through one. */
export function walk(source, { called = () => undefined, missed = () => undefined }) {
  const lines = source.text.split('\n');
  // What is stored or never shown says so at the end of its line.
  const isNoText = (node) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    return / \/\/ (as stored|not shown)$/.test(lines[line]);
  };
  const visit = (node) => {
    if (isTextCall(node)) {
      called(node);
      for (const rest of node.arguments.slice(1)) visit(rest);
      return;
    }
    const text = literalText(node);
    if (text !== null) {
      const place = placeOf(node);
      const isMissed =
        place === 'visible' || (place === 'unknown' && isInTable(node))
          ? !/^#|^\S*[*^=]\S*$/.test(text) && hasWord(text.replaceAll('{}', ' '))
          : place === 'unknown' && isSentence(text) && !isInSilentPlace(node);
      if (isMissed && !isNoText(node)) missed(node, text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
}

export function parse(path, code) {
  const kind = path.endsWith('.tsx') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  return ts.createSourceFile(path, code, ts.ScriptTarget.Latest, true, kind);
}
