# cmake -DSOURCE=DIR -DFOLDER=FOLDER -DHEADER=HEADER -DNAMESPACE=NS -DTYPE=TYPE -DFUNCTION=NAME -DOUTPUT=FILE
# -P EmbedFiles.cmake: FOLDER/*.toml as a table in C++. HEADER declares TYPE {path, text} and NAME().
file(GLOB files RELATIVE ${SOURCE} ${SOURCE}/${FOLDER}/*.toml)
list(LENGTH files count)
set(text "#include \"${HEADER}\"\n\n#include <array>\n\nnamespace ${NAMESPACE} {\n\n")
string(APPEND text "std::span<const ${TYPE}> ${FUNCTION}() {\n")
string(APPEND text "    static constexpr std::array<${TYPE}, ${count}> files{{\n")
foreach(file IN LISTS files)
  file(READ ${SOURCE}/${file} content)
  string(APPEND text "{\"${file}\", R\"embedded(${content})embedded\"},\n")
endforeach()
string(APPEND text "    }};\n    return files;\n}\n\n}  // namespace ${NAMESPACE}\n")
file(WRITE ${OUTPUT} "${text}")
