import CLI

await CommandLineTool.run()
