/// How a report looks: on a screen, in print, and without colours.
///
/// No variables and no paint for SVG: not every printing program knows them. Every pair of text and ground has a contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3).
enum ReportStyle {
    static let css: StaticString = """

        :root { color-scheme: light; }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 72rem; padding: 1.5rem; color: #1c2430; background: #ffffff;
          font: 16px/1.5 system-ui, "DejaVu Sans", Arial, sans-serif; }
        h1 { font-size: 1.9rem; line-height: 1.2; margin: 1rem 0 .25rem; }
        h2 { font-size: 1.4rem; margin: 2.5rem 0 .75rem; padding-bottom: .25rem; border-bottom: 2px solid #1c2430; }
        h3 { font-size: 1.1rem; margin: 1.75rem 0 .5rem; }
        p, li, dd { max-width: 46rem; }
        a { color: #0b4f9e; }
        :focus-visible { outline: 3px solid #0b4f9e; outline-offset: 2px; }
        .lead { font-size: 1.15rem; color: #4a5565; margin-top: 0; }
        .skip { position: absolute; left: -60rem; }
        .skip:focus { left: 1rem; background: #ffffff; padding: .5rem; }
        .notice { max-width: none; margin: 0 0 .5rem; padding: .5rem .75rem; border: 2px solid #5b3a00;
          background: #fff8e6; color: #5b3a00; font-weight: 600; }
        .placeholder { border: 2px dashed #4a5565; padding: .25rem 1rem; margin: 1rem 0; background: #f3f5f8; }
        .missing { border-left: 6px double #5b3a00; padding: .25rem .75rem; background: #fff8e6; }
        dl { display: grid; grid-template-columns: minmax(9rem, max-content) 1fr; grid-gap: .25rem 1rem; }
        dt { color: #4a5565; }
        dd { margin: 0; overflow-wrap: anywhere; }
        .table { overflow-x: auto; margin: 1rem 0; }
        table { border-collapse: collapse; width: 100%; font-size: .875rem; }
        caption { text-align: left; font-weight: 600; padding: .25rem 0 .5rem; }
        th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid #c9d0d9;
          overflow-wrap: break-word; }
        thead th { background: #f3f5f8; border-bottom: 2px solid #4a5565; }
        tbody th { font-weight: 600; }
        code { font: .8em/1.4 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
        .line { display: block; margin-top: .35rem; color: #4a5565; font-weight: 400; overflow-wrap: anywhere; }
        .mark { font-weight: 600; }
        .mark .sign { display: inline-block; width: 1.25em; }
        .mark.good { color: #1b5e3a; } .mark.exception { color: #7a4b00; }
        .mark.bad { color: #9b1c1c; } .mark.unknown { color: #5b3a00; text-decoration: underline dotted; }
        .mark.neutral { color: #4a5565; }
        details { margin: .75rem 0; padding: .25rem .75rem; border: 1px solid #c9d0d9; border-radius: 4px; }
        summary { cursor: pointer; padding: .25rem 0; }
        summary h3 { display: inline; }
        figure { margin: 1rem 0; }
        figcaption { color: #4a5565; font-size: .875rem; }
        svg.window { width: 100%; height: auto; }
                svg a text { text-decoration: underline; }
        .legend { list-style: none; padding: 0; display: flex; flex-wrap: wrap;  font-size: .875rem; }
        .legend li { margin-right: 1rem; } .legend svg { vertical-align: -2px; }
        footer { color: #4a5565; font-size: .875rem; }
        @media print {
          @page { size: A4; margin: 18mm 15mm 20mm; @bottom-right { content: "Page " counter(page) " of " counter(pages); font: 8pt sans-serif; } }
          body { font-size: 9.5pt; padding: 0; max-width: none; }
          h2 { break-before: page; } nav h2, footer h2, #summary h2 { break-before: auto; }
          h2, h3, caption, summary { break-after: avoid; } tr, figure { break-inside: avoid; }
          thead { display: table-header-group; } table { font-size: 8pt; table-layout: fixed; }
          .table { overflow: visible; } .skip { display: none; } details { border: 0; padding: 0; }
          details::details-content { content-visibility: visible; block-size: auto; }
          dl { display: block; } dt { break-after: avoid; } dd { margin: 0 0 .3rem 1rem; }
          p, li, dd { max-width: none; } a { color: inherit; }
          svg, .notice, .missing, .placeholder, thead th { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
        }

        """
}
