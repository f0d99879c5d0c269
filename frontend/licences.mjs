// The licences of everything that goes into the bundles, one section a package, in the order of their names.
import fs from 'node:fs';
import path from 'node:path';

const root = file => {
  const parts = file.split('/'),
    at = parts.lastIndexOf('node_modules');
  if (at < 0) return null;
  return parts.slice(0, at + (parts[at + 1].startsWith('@') ? 3 : 2)).join('/');
};

/** The text of LICENSES.txt for the packages that `files` belong to. */
export function collectLicences(files) {
  const sections = new Map();
  for (const folder of new Set(files.map(root).filter(Boolean))) {
    const about = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const licence = typeof about.license === 'object' ? about.license.type : (about.license ?? 'not stated');
    const name = fs
      .readdirSync(folder)
      .sort()
      .find(each => /^(licen[cs]e|copying)(\.|-|$)/i.test(each));
    const text = name
      ? fs.readFileSync(path.join(folder, name), 'utf8').replace(/\r\n/g, '\n').trim()
      : `No licence file is shipped with this package; its package.json says: ${licence}.`;
    sections.set(`${about.name} ${about.version}`, `${about.name} ${about.version} (${licence})\n\n${text}\n`);
  }
  const names = [...sections.keys()].sort(),
    rule = '\n' + '='.repeat(80) + '\n\n';
  return (
    'Software and type included in the files of this folder.\n' + names.map(each => rule + sections.get(each)).join('')
  );
}
