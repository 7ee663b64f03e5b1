namespace Hdge.Reports;

/// <summary>The style sheet. Colours are variables: one set for light screens and paper, one for dark screens, both told apart by colour-blind eyes; lines differ by their dashes too.</summary>
internal static class ReportStyle
{
    private const int Series = 8;

    public static string Line(int series) => $"line s{series % Series}";

    public static string Marker(int series) => $"marker s{series % Series}";

    public static string Area(int series) => $"area fill s{series % Series}";

    /// <summary>Without the characters that XML encodes and HTML then does not decode in a style element: &lt; &gt; &amp;.</summary>
    public const string Css = """
        :root {
          color-scheme: light dark;
          --page: #f6f7f9; --card: #ffffff; --ink: #1b2027; --soft: #59636e; --rule: #d9dee4; --grid: #e7eaee; --axis: #7a848f; --on: #ffffff; --link: #0b62a8; --chosen: #eaf3fb; --gap: #f5cdb8;
          --c0: #0b6cb8; --c1: #c2480a; --c2: #00795c; --c3: #a83c84; --c4: #8a6d00; --c5: #5b59c2; --c6: #3f7486; --c7: #7a5238;
        }
        @media screen and (prefers-color-scheme: dark) {
          :root {
            --page: #101418; --card: #181d23; --ink: #e6eaef; --soft: #a3adb8; --rule: #333b45; --grid: #272e37; --axis: #7f8994; --on: #0d1117; --link: #7cc0f8; --chosen: #1d2c3a; --gap: #6b412a;
            --c0: #5bb0f0; --c1: #ff9a5c; --c2: #3fcfa4; --c3: #ee8fce; --c4: #e0c04a; --c5: #a9a5ff; --c6: #8ec7d6; --c7: #cfa283;
          }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
        header, main, nav { max-width: 980px; margin: 0 auto; padding: 0 16px; }
        header { padding-top: 28px; }
        h1 { font-size: 1.75rem; line-height: 1.2; margin: 0; overflow-wrap: anywhere; }
        h2 { font-size: 1.25rem; margin: 0 0 4px; }
        h3 { font-size: 1rem; margin: 0 0 8px; overflow-wrap: anywhere; }
        p { margin: 0 0 14px; color: var(--soft); max-width: 75ch; }
        a { color: var(--link); }
        nav ul { display: flex; flex-wrap: wrap; gap: 4px 18px; padding: 0; margin: 12px 0 0; list-style: none; font-size: .9rem; }
        section { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 20px; margin: 18px 0; }
        .numbers { display: grid; grid-template-columns: repeat(auto-fill, minmax(165px, 1fr)); gap: 12px; margin: 0; }
        .numbers div { border: 1px solid var(--rule); border-radius: 8px; padding: 10px 12px; }
        .numbers dt { font-size: .85rem; color: var(--soft); overflow-wrap: anywhere; }
        .numbers dd { margin: 0; font-size: .82rem; color: var(--soft); font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
        .numbers dd.value { font-size: 1.5rem; line-height: 1.3; font-weight: 600; color: var(--ink); }
        .plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 330px), 1fr)); gap: 24px; }
        figure { margin: 0; max-width: 450px; min-width: 0; }
        figure.wide { max-width: none; }
        figcaption, .legend { font-size: .85rem; color: var(--soft); }
        .legend { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 16px; padding: 0; margin: 4px 0 6px; color: var(--ink); }
        .legend li { display: flex; align-items: center; gap: 6px; overflow-wrap: anywhere; }
        .legend svg { width: 30px; height: 12px; flex: none; }
        svg { display: block; width: 100%; height: auto; }
        svg text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; fill: var(--ink); }
        svg .tick { fill: var(--soft); font-variant-numeric: tabular-nums; }
        .grid { stroke: var(--grid); }
        .axis { stroke: var(--axis); }
        .frame { fill: none; stroke: var(--rule); }
        .guide { stroke: var(--axis); stroke-dasharray: 4 4; stroke-width: 1.5; fill: none; }
        .hover { fill: transparent; }
        .hover:hover { fill: var(--axis); fill-opacity: .15; }
        .bar { fill: var(--c0); }
        .gap { fill: var(--gap); stroke: var(--c1); stroke-width: 1; }
        .level { stroke: var(--c0); stroke-width: 2.5; }
        .right { fill: var(--c0); }
        .wrong { fill: var(--c1); }
        .cell { font-size: 11px; }
        svg .strong { fill: var(--on); font-weight: 600; }
        .line { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; }
        .marker { fill: var(--c); stroke: var(--card); }
        .area { fill: var(--c); fill-opacity: .25; stroke: var(--c); stroke-width: 1.5; stroke-linejoin: round; }
        .s0 { --c: var(--c0); }
        .s1 { --c: var(--c1); }
        .s2 { --c: var(--c2); }
        .s3 { --c: var(--c3); }
        .s4 { --c: var(--c4); }
        .s5 { --c: var(--c5); }
        .s6 { --c: var(--c6); }
        .s7 { --c: var(--c7); }
        .line.s1 { stroke-dasharray: 8 3; }
        .line.s2 { stroke-dasharray: 2 3; }
        .line.s3 { stroke-dasharray: 10 3 2 3; }
        .line.s4 { stroke-dasharray: 5 2; }
        .line.s5 { stroke-dasharray: 14 4; }
        .line.s6 { stroke-dasharray: 4 2 1 2; }
        .line.s7 { stroke-dasharray: 1 2; }
        .scroll { overflow-x: auto; }
        .block { margin-top: 22px; }
        table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
        th, td { padding: 5px 12px; text-align: right; border-bottom: 1px solid var(--rule); overflow-wrap: break-word; }
        td { white-space: nowrap; }
        th:first-child, .text { text-align: left; white-space: normal; }
        th:first-child { min-width: 8em; }
        thead th { color: var(--soft); font-weight: 600; }
        tbody th { font-weight: 400; }
        tr.chosen { background: var(--chosen); }
        td.best { font-weight: 700; }
        .gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(118px, 1fr)); gap: 14px; }
        .gallery figcaption { line-height: 1.35; margin-top: 4px; overflow-wrap: anywhere; }
        .gallery b { color: var(--ink); }
        .pixels { image-rendering: pixelated; width: 100%; height: auto; display: block; border-radius: 4px; }
        .gallery .pixels { width: 112px; }
        @media (max-width: 520px) {
          section { padding: 14px; }
          .plots svg text { font-size: 13.5px; }
          .numbers { grid-template-columns: repeat(auto-fill, minmax(125px, 1fr)); }
          .gallery { grid-template-columns: repeat(auto-fill, minmax(96px, 1fr)); }
          .gallery .pixels { width: 96px; }
        }
        @media print {
          @page { margin: 14mm; }
          * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
          body { background: none; font-size: 11pt; }
          nav { display: none; }
          header, main { max-width: none; padding: 0; }
          section { border: 0; padding: 0; }
          figure, .numbers div, tr { break-inside: avoid; }
          h2, h3 { break-after: avoid; }
          .plots { grid-template-columns: 1fr 1fr; }
        }
        """;
}
