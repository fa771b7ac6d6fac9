/// How a report looks: on a screen, in print, and without colours.
///
/// No variables and no paint for SVG: not every printing program knows them. Every pair of text and ground has a
/// contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3).
enum ReportStyle {
    /// Into how many parts a printed table's width is divided: the classes `w1` to `w50`.
    static let widths = 50

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
        .whole { white-space: nowrap; }
        .mark { font-weight: 600; }
        .mark .sign { display: inline-block; width: 1.25em; }
        .mark.good { color: #1b5e3a; } .mark.exception { color: #7a4b00; }
        .mark.bad { color: #9b1c1c; } .mark.unknown { color: #5b3a00; }
        .mark.neutral { color: #4a5565; }
        details { margin: .75rem 0; padding: .25rem .75rem; border: 1px solid #c9d0d9; border-radius: 4px; }
        summary { cursor: pointer; padding: .25rem 0; }
        summary h3 { display: inline; }
        figure { margin: 1rem 0; }
        figcaption { color: #4a5565; font-size: .875rem; }
        svg.window, svg.scope { width: 100%; height: auto; }
        svg a text { text-decoration: underline; }
        .legend { list-style: none; padding: 0; display: flex; flex-wrap: wrap;  font-size: .875rem; }
        .legend li { margin-right: 1rem; } .legend svg { vertical-align: -2px; }
        footer { color: #4a5565; font-size: .875rem; }
        @media print {
          @page { size: A4; margin: 18mm 15mm 20mm; @bottom-left { content: string(part); font: 8pt sans-serif; } @bottom-right { content: "Page " counter(page) " of " counter(pages); font: 8pt sans-serif; } }
          body { font-size: 9.5pt; padding: 0; max-width: none; }
          h1 { string-set: part content(); } main h2, footer h2 { string-set: part content(); }
          section.page { break-before: page; } nav a::after { content: leader(".") target-counter(attr(href url), page); }
          h2, h3, caption, summary { break-after: avoid; } tr, .panel, .placeholder { break-inside: avoid; }
          thead { display: table-header-group; } table { font-size: 8pt; table-layout: fixed; }
          th, td { padding: 2.5pt 3pt; } h2 { margin: 1.5rem 0 .5rem; } h3 { margin: 1rem 0 .4rem; }
          .w1 { width: 2%; } .w2 { width: 4%; } .w3 { width: 6%; } .w4 { width: 8%; } .w5 { width: 10%; } .w6 { width: 12%; } .w7 { width: 14%; } .w8 { width: 16%; }
          .w9 { width: 18%; } .w10 { width: 20%; } .w11 { width: 22%; } .w12 { width: 24%; } .w13 { width: 26%; } .w14 { width: 28%; } .w15 { width: 30%; } .w16 { width: 32%; }
          .w17 { width: 34%; } .w18 { width: 36%; } .w19 { width: 38%; } .w20 { width: 40%; } .w21 { width: 42%; } .w22 { width: 44%; } .w23 { width: 46%; } .w24 { width: 48%; }
          .w25 { width: 50%; } .w26 { width: 52%; } .w27 { width: 54%; } .w28 { width: 56%; } .w29 { width: 58%; } .w30 { width: 60%; } .w31 { width: 62%; } .w32 { width: 64%; }
          .w33 { width: 66%; } .w34 { width: 68%; } .w35 { width: 70%; } .w36 { width: 72%; } .w37 { width: 74%; } .w38 { width: 76%; } .w39 { width: 78%; } .w40 { width: 80%; }
          .w41 { width: 82%; } .w42 { width: 84%; } .w43 { width: 86%; } .w44 { width: 88%; } .w45 { width: 90%; } .w46 { width: 92%; } .w47 { width: 94%; } .w48 { width: 96%; }
          .w49 { width: 98%; } .w50 { width: 100%; }
          .table { overflow: visible; } .skip { display: none; } details { border: 0; padding: 0; }
          details::details-content { content-visibility: visible; block-size: auto; }
          dl { display: block; margin: .5rem 0; break-before: avoid; break-inside: avoid; } dt { float: left; clear: left; width: 43mm; } dd { margin: 0 0 2pt 45mm; }
          dl::after { content: ""; display: block; clear: both; }
          p, li, dd { max-width: none; } a { color: inherit; }
          svg, .notice, .missing, .placeholder, thead th { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
        }

        """
}
