// PURE but for the tokens it is given. A figure names roles ("discarded"), never colours: this turns them into
// today's, as `token(name)` says them.

const FATES = ["selected", "kept", "open", "discarded", "failed"];
const VERDICTS = { accept: "pass", reject: "fail", error: "fail", unsure: "unsure", timeout: "unsure" };
const INKS = { accent: "--accent-fill", danger: "--danger", quiet: "--text-quiet", text: "--text", warning: "--warning-fill" };

/** The token of a role as a line or a small mark, which must stand out. */
export function inkOf(role) {
  if (FATES.includes(role)) return `--fate-${role}`;
  if (VERDICTS[role]) return `--verdict-${VERDICTS[role]}`;
  return INKS[role] ?? "--line-strong";
}

/** The token of a role as a large area, which must not shout. */
export function fillOf(role) {
  if (FATES.includes(role)) return `--fate-${role}-fill`;
  if (VERDICTS[role]) return `--verdict-${VERDICTS[role]}-soft`;
  return "--surface-3";
}

/** The figure with every role turned into a colour, and without the labels that need room where there is none. The figure itself stays as it came. */
export function painted(figure, token, isNarrow = false) {
  const font = { family: token("--sans"), size: 12, color: token("--text-soft") };
  const hoverlabel = { bgcolor: token("--surface-1"), bordercolor: token("--line-strong"), font: { ...font, color: token("--text") } };
  const layout = {
    ...figure.layout, font, hoverlabel, paper_bgcolor: token("--surface-1"), plot_bgcolor: token("--surface-1"),
  };
  for (const [name, axis] of Object.entries(figure.layout)) {
    if (/^[xy]axis\d*$/.test(name)) layout[name] = { ...axis, gridcolor: token("--line"), zerolinecolor: token("--line-strong"), linecolor: token("--line-strong") };
  }
  // The name of a shape is the role of its area.
  if (layout.shapes) layout.shapes = layout.shapes.map((shape) => ({ ...shape, fillcolor: token(fillOf(shape.name)) }));
  const data = figure.data.map((trace) => ({ ...trace, ...(PAINT[trace.type] ?? scatter)(trace, token), ...(isNarrow && trace.meta?.labels === "wide" && { mode: trace.mode.replace("+text", "") }) }));
  return { data, layout };
}

const PAINT = {
  icicle: (trace, token) => ({
    marker: { ...trace.marker, colors: trace.meta?.roles?.map((role) => token(fillOf(role))), line: { width: 1, color: token("--surface-1") } },
    textfont: { family: token("--sans"), size: 12, color: token("--text") },
  }),
  sankey: (trace, token) => ({
    node: { ...trace.node, color: trace.meta.node_roles.map((role) => token(inkOf(role))), line: { width: 0 } },
    link: { ...trace.link, color: trace.meta.link_roles.map((role) => token(fillOf(role))) },
    textfont: { family: token("--sans"), size: 12, color: token("--text"), shadow: "none" },
  }),
};

function scatter(trace, token) {
  const color = token(inkOf(trace.meta?.role));
  return {
    marker: { ...trace.marker, color, line: { ...trace.marker?.line, color } },
    line: { ...trace.line, color },
    textfont: { family: token("--sans"), size: 11, color: trace.meta?.role === "danger" ? color : token("--text-soft") },
  };
}
