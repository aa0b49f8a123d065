// YAML and JSON as texts: types of scalars, lines, documents, anchors.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "supervisor/manifest/text.h"

namespace podrun::manifest {
namespace {

/// One document as JSON-like text with the types visible.
std::string show(const Node& node) {
  std::string out;
  switch (node.kind) {
    case NodeKind::kNull:
      return "null";
    case NodeKind::kString:
      return "'" + node.text + "'";
    case NodeKind::kList:
      for (const Node& item : node.items) out += (out.empty() ? "" : " ") + show(item);
      return "[" + out + "]";
    case NodeKind::kMap:
      for (const MapEntry& entry : node.entries) {
        out += (out.empty() ? "" : " ") + entry.key + ":" + show(entry.value);
      }
      return "{" + out + "}";
    default:
      return node.text;
  }
}

std::string read(const std::string& text) {
  std::string out;
  for (const Document& document : read_documents(text)) {
    if (!out.empty()) out += " --- ";
    if (const auto* error = std::get_if<SyntaxError>(&document)) {
      out += std::to_string(error->line) + ": " + error->text;
    } else {
      out += show(std::get<Node>(document));
    }
  }
  return out;
}

struct Row {
  std::string text, shown;
};
void expect_rows(const std::vector<Row>& rows) {
  for (const Row& row : rows) EXPECT_EQ(read(row.text), row.shown) << row.text;
}

TEST(ManifestText, PlainScalarsAreTypedAsKubernetesTypesThem) {
  const std::vector<Row> rows = {
      {"yes", "true"},
      {"No", "false"},
      {"on", "true"},
      {"OFF", "false"},
      {"y", "true"},
      {"n", "false"},
      {"True", "true"},
      {"yEs", "'yEs'"},
      {"~", "null"},
      {"Null", "null"},
      {"nULL", "'nULL'"},
      {"\"\"", "''"},
      {"8080", "8080"},
      {"\"8080\"", "'8080'"},
      {"'8080'", "'8080'"},
      {"0644", "420"},
      {"0o644", "420"},
      {"0x1F", "31"},
      {"0b101", "5"},
      {"-0b101", "-5"},
      {"+12", "12"},
      {"-12", "-12"},
      {"1_000", "1000"},
      {"0888", "888"},
      {"-0", "0"},
      {"0.5", "0.5"},
      {".5", "0.5"},
      {"5.", "5"},
      {"1e3", "1000"},
      {"1.5e-7", "1.5e-7"},
      {"1e21", "1e+21"},
      {"8080.0", "8080"},
      {"1e400", "'1e400'"},
      {"1.2.3", "'1.2.3'"},
      {"12:30", "'12:30'"},
      {"500m", "'500m'"},
      {"128Mi", "'128Mi'"},
      {"2001-01-01", "'2001-01-01'"},

      {"+", "'+'"},
      {"18446744073709551615", "18446744073709551615"},
      {"18446744073709551616", "18446744073709552000"},
      {"!!str 12", "'12'"},
      {"!!int 12", "12"},
      {"!foo 12", "'12'"},
      {"! 12", "'12'"},
      {"!!float 12", "12"},
      {"!!bool yes", "true"},
      {"|\n  a\n  b\n", "'a\nb\n'"},
      {">-\n  a\n  b\n", "'a b'"},
      {"a b  c", "'a b  c'"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(read("a: " + row.text), "{a:" + row.shown + "}") << row.text;
  }
}

TEST(ManifestText, MapKeysAreStrings) {
  expect_rows({{"1: a\n", "{1:'a'}"},
               {"on: a\n", "{true:'a'}"},
               {"0x10: a\n", "{16:'a'}"},
               {"1.50: a\n", "{1.5:'a'}"},
               {"\"~\": a\n", "{~:'a'}"},
               {"1: a\n0x1: b\n", "2: yaml: mapping key \"1\" already defined at line 1"}});
}

TEST(ManifestText, AnchorsAndMerges) {
  expect_rows({
      {"a: &x {b: 1}\nc: *x\n", "{a:{b:1} c:{b:1}}"},
      {"a: &x 1\nb: &x 2\nc: *x\n", "{a:1 b:2 c:2}"},
      {"a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}\n", "{a:{b:1 c:2} d:{c:3 b:1}}"},
      {"d: {<<: [{a: 1, b: 2}, {b: 3, c: 4}]}\n", "{d:{a:1 b:2 c:4}}"},
      {"d: {\"<<\": {a: 1}}\n", "{d:{<<:{a:1}}}"},
      {"d: {<<: 1}\n", "1: yaml: map merge requires map or sequence of maps as the value"},
      {"a: &x 1\n---\nb: *x\n", "{a:1} --- 3: yaml: unknown anchor 'x' referenced"},
  });
}

TEST(ManifestText, Documents) {
  expect_rows({
      {"", ""},
      {"# nothing\n", ""},
      {"---\n---\n", ""},
      {"a: 1\n---\nb: 2\n", "{a:1} --- {b:2}"},
      {"---\na: 1\n---\n---\nb: 2\n", "{a:1} --- {b:2}"},
      {"--- # first\na: 1\n--- {b: 2}\n", "{a:1} --- {b:2}"},
      {"a: 1\n...\n---\nb: 2\n", "{a:1} --- {b:2}"},
      {"%YAML 1.1\n---\na: 1\n", "{a:1}"},
      {"a: |\n  x\n  ---\n  y\n", "{a:'x\n---\ny\n'}"},
      {"\xef\xbb\xbf"
       "a: 1\n",
       "{a:1}"},
      {"a: 1\r\nb: 2\r\n---\r\nc: 3\r\n", "{a:1 b:2} --- {c:3}"},
      {"a: [\n---\nb: 2\n", "2: yaml: did not find expected node content --- {b:2}"},
      {"a: 1\n---\n\tb\n---\nc: 3\n",
       "{a:1} --- 3: yaml: found character that cannot start any token --- {c:3}"},
      {"- a\nb: c\n",
       "2: yaml: did not find expected '-' indicator (while parsing a block "
       "collection that begins at line 1)"},
  });
}

TEST(ManifestText, Json) {
  expect_rows({
      {"{}", "{}"},
      {"  \n{\"a\": [1, -2.50, true, null, \"x\"]}", "{a:[1 -2.50 true null 'x']}"},
      {"{\"a\": 1} {\"b\": 2}\n{\"c\": 3}", "{a:1} --- {b:2} --- {c:3}"},
      {"{\"a\": \"\\u00e4\\ud83d\\ude00\\/\\n\"}", "{a:'\xc3\xa4\xf0\x9f\x98\x80/\n'}"},
      {"{\"a\": \"\\ud83d\"}", "{a:'\xef\xbf\xbd'}"},
      {"{\"a\": \"\xff\"}", "{a:'\xef\xbf\xbd'}"},
      {"{a: 1, b: [yes]}", "{a:1 b:[true]}"},  // YAML in flow style
      {"{\"a\": 1,\n \"a\": 2}", "2: json: duplicate field \"a\", already defined at line 1"},
      {"{\"a\": 1\n \"b\": 2}", "2: json: invalid character '\"' after object key:value pair"},
      {"{\"a\": tru}", "{a:'tru'}"},
      {"{\"a\" 1:}}", "1: json: invalid character '1' after object key"},
      {"{\"a\": [1, 2}", "1: json: invalid character '}' after array element"},
      {"{\"a\": \"b", "1: json: unexpected end of JSON input"},
      {"{\n\"a\": {\n\n", "4: json: unexpected end of JSON input"},
      {"{\"a\": 1}}", "{a:1} --- 1: json: invalid character '}' looking for beginning of value"},
      {"{\"a\": \"\\x\"]", "1: json: invalid character 'x' in string escape code"},
      {"{\"a\": 1.]", "1: json: invalid character ']' after decimal point in numeric literal"},
      {"{\"a\": \"\x01\"]", "1: json: invalid character '\\x01' in string literal"},
  });
}

TEST(ManifestText, KnowsItsLines) {
  const auto documents = read_documents("# c\na:\n  b: 1\n  c:\n  - x\n\n  - y\n---\nd: 2\n");
  ASSERT_EQ(documents.size(), 2u);
  const Path root(std::get<Node>(documents[0]));
  EXPECT_EQ((root / "a").line(), 2);
  EXPECT_EQ((root / "a" / "b").line(), 3);
  EXPECT_EQ((root / "a" / "c")[1].line(), 7);
  EXPECT_EQ((root / "a" / "c")[1].text(), "a.c[1]");
  EXPECT_EQ((root / "a" / "no" / "such")[3].line(), 2);
  EXPECT_EQ((root / "a" / "no" / "such")[3].text(), "a.no.such[3]");
  EXPECT_EQ((root / "a").key("b").text(), "a[b]");
  EXPECT_EQ((Path(std::get<Node>(documents[1])) / "d").line(), 9);
}

}  // namespace
}  // namespace podrun::manifest
