#include <gtest/gtest.h>

#include "supervisor/client/sheet.h"
#include "supervisor/client/tab_text.h"

namespace podrun::client {
namespace {

TEST(TabText, ACellIsAsWideAsItsNeighbours) {
  EXPECT_EQ(align_tabs("a\tb\nlong\tc\n"), "a     b\nlong  c\n");
  EXPECT_EQ(align_tabs("a\tbb\tc\nlong\td\tee"), "a     bb  c\nlong  d   ee");
}

TEST(TabText, ALineWithoutTheCellEndsTheColumn) {
  EXPECT_EQ(align_tabs("a\tb\nno cell\nlong\tc\n"), "a  b\nno cell\nlong  c\n");
  EXPECT_EQ(align_tabs("a\tb\tc\na\tb\na\tlong\tc\n"), "a  b  c\na  b\na  long  c\n");
}

TEST(TabText, EmptyCellsHaveTheirWidth) {
  EXPECT_EQ(align_tabs("a\t\tb\nc\td\te\n"), "a     b\nc  d  e\n");
  EXPECT_EQ(align_tabs("a\t\n"), "a  \n");
  EXPECT_EQ(align_tabs("\tb\n"), "  b\n");
}

TEST(TabText, CountsCharacters) {
  EXPECT_EQ(align_tabs("\u00e4\tb\nab\tc\n"), "\u00e4   b\nab  c\n");
}

TEST(TabText, NothingAndLinesWithoutCells) {
  EXPECT_EQ(align_tabs(""), "");
  EXPECT_EQ(align_tabs("\n\na"), "\n\na");
}

TEST(TabText, ManyCellsAndLines) {
  const std::string tabs(200000, '\t');
  EXPECT_EQ(align_tabs(tabs).size(), 2 * tabs.size());
  std::string lines;
  for (int i = 0; i < 100000; ++i) lines += "a\tb\n";
  EXPECT_EQ(align_tabs(lines).size(), lines.size() + 100000);
}

TEST(Sheet, IndentsAndColumns) {
  Sheet sheet;
  sheet.field(0, "Name", "kubia");
  sheet.column(1, "Labels", {"a=b", "c=d"});
  sheet.column(1, "None", {});
  sheet.heading(0, "Rows");
  sheet.row(1, {"x", "y"});
  EXPECT_EQ(sheet.text(),
            "Name:      kubia\n"
            "  Labels:  a=b\n"
            "           c=d\n"
            "  None:    <none>\n"
            "Rows:\n"
            "  x  y\n");
}

TEST(Sheet, ShowsControlCharacters) {
  Sheet sheet;
  sheet.line(0, "\x1b[31mred\r");
  EXPECT_EQ(sheet.text(), "^[[31mred\\r\n");
}

}  // namespace
}  // namespace podrun::client
