// The upgrade paths as a graph, laid out by dagre.
import { graphlib, layout } from '../dagre/dagre.esm.js';
import { drawing, h, s, section } from './dom.js';
import { shortened } from './prices.js';

const HEIGHT = 34;

/** Tags as nodes, paths as arrows; dashed ones are optional, red nodes lead nowhere. */
export function upgradeGraph({ nodes, edges, cycles, deadEnds }) {
  if (nodes.length === 0) return undefined;
  const graph = placed(nodes, edges);
  const { width, height } = graph.graph();
  const title = `Upgrade paths: ${edges.map(({ source, target }) => `${source} to ${target}`).join(', ')}`;
  const picture = drawing(
    title,
    Math.ceil(width) + 20,
    Math.ceil(height) + 20,
    s('defs', {}, arrowHead()),
    s('g', { transform: 'translate(10 10)' }, lines(graph), boxes(graph, new Set(deadEnds))),
  );
  picture.firstChild.style.minWidth = '0';
  picture.firstChild.style.maxWidth = `${Math.ceil(width) + 20}px`;
  const notes = [
    cycles.length > 0 && `Circles: ${cycles.map((tags) => tags.join(' → ')).join('; ')}. `,
    'Dashed: optional. Red: leads nowhere.',
  ];
  return section('Upgrade paths', picture, h('p', { class: 'soft' }, ...notes));
}

function placed(nodes, edges) {
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: 18, ranksep: 70 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { tag } of nodes) graph.setNode(tag, { width: Math.min(tag.length, 24) * 7.5 + 24, height: HEIGHT });
  for (const { source, target, upgradePathId, ...edge } of edges) graph.setEdge(source, target, edge, upgradePathId);
  layout(graph);
  return graph;
}

function lines(graph) {
  return graph.edges().map((name) => {
    const { points, optional, transition } = graph.edge(name);
    const d = points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
    const attributes = { d, class: optional ? 'edge optional' : 'edge', 'marker-end': 'url(#arrow)' };
    return s('path', attributes, s('title', {}, `${name.v} → ${name.w}: ${transition.replaceAll('_', ' ')}`));
  });
}

function boxes(graph, deadEnds) {
  return graph.nodes().map((tag) => {
    const { x, y, width } = graph.node(tag);
    const box = { x: x - width / 2, y: y - HEIGHT / 2, width, height: HEIGHT, rx: 6 };
    return s(
      'g',
      {},
      s('rect', { ...box, class: deadEnds.has(tag) ? 'node dead' : 'node' }),
      s('text', { x, y: y + 4, 'text-anchor': 'middle' }, shortened(tag, 24)),
    );
  });
}

function arrowHead() {
  const marker = {
    id: 'arrow',
    viewBox: '0 0 10 10',
    refX: 9,
    refY: 5,
    markerWidth: 7,
    markerHeight: 7,
    orient: 'auto',
  };
  return s('marker', marker, s('path', { d: 'M0 0 10 5 0 10z', class: 'arrow' }));
}
