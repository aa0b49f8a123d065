#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "base/files.h"
#include "supervisor/pod/cri_line.h"
#include "supervisor/pod/cri_log.h"
#include "supervisor/pod/log_reader.h"
#include "tests/support/temp_dir.h"

namespace podrun::pod {
namespace {

using test::TempDir;

const WallTime kNow = parse_rfc3339("2026-11-23T10:00:00.123456789Z");
const std::string kOut = "2026-11-23T10:00:00.123456789Z stdout ";
const std::string kErr = "2026-11-23T10:00:00.123456789Z stderr ";

TEST(CriLine, Parses) {
  const std::string text = kOut + "F some  text ";
  const auto line = parse_cri_line(text);
  ASSERT_TRUE(line);
  EXPECT_EQ(line->time, kNow);
  EXPECT_EQ(line->stream, LogStream::kStdout);
  EXPECT_FALSE(line->partial);
  EXPECT_EQ(line->text, "some  text ");
  EXPECT_TRUE(parse_cri_line(kErr + "P x")->partial);
  EXPECT_TRUE(parse_cri_line(kErr + "P:more x")->partial);
  for (const std::string& empty : {kErr + "F ", kErr + "F"})
    EXPECT_EQ(parse_cri_line(empty)->text, "");
  EXPECT_EQ(parse_cri_line("2026-11-23T15:30:00.123456789+05:30 stdout F x")->time, kNow);
}

TEST(CriLine, RefusesWhatIsNone) {
  for (const char* text : {"", " ", "x", "2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z stdout",
                           "2026-11-23T10:00:00Z stdin F x", "2026-11-23T10:00:00Z stdout X x",
                           "yesterday stdout F x", "2026-13-23T10:00:00Z stdout F x"})
    EXPECT_FALSE(parse_cri_line(text)) << text;
}

TEST(CriLog, PathIsKubelets) {
  EXPECT_EQ(container_log_path("/var/log/pods", "default", "kubia", "u-1", "main", 3),
            "/var/log/pods/default_kubia_u-1/main/3.log");
}

TEST(CriLog, SplitsLinesOfBothStreams) {
  const TempDir dir;
  const std::string path = dir / "a/b/0.log";
  CriLog log(path);
  EXPECT_EQ(read_file(path), "") << "the file is there before the first line";
  log.write(LogStream::kStdout, "one\ntwo\n\nthr", kNow);
  log.write(LogStream::kStderr, "err", kNow);
  log.write(LogStream::kStdout, "ee\n", kNow);
  log.write(LogStream::kStderr, "or\n", kNow);
  log.write(LogStream::kStdout, "last", kNow);
  log.end(LogStream::kStdout, kNow);
  log.end(LogStream::kStderr, kNow);
  EXPECT_EQ(read_file(path), kOut + "F one\n" + kOut + "F two\n" + kOut + "F \n" + kOut +
                                 "F three\n" + kErr + "F error\n" + kOut + "F last\n");
  EXPECT_EQ(log.lost().lines, 0u);
}

TEST(CriLog, LongLinesAreWrittenInParts) {
  CriLogFigures figures;
  figures.max_line = 4;
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"abcd\n", kOut + "F abcd\n"},
      {"abcde\n", kOut + "P abcd\n" + kOut + "F e\n"},
      {"abcdefgh\n", kOut + "P abcd\n" + kOut + "F efgh\n"},
      {"abcdefghi", kOut + "P abcd\n" + kOut + "P efgh\n" + kOut + "F i\n"},
  };
  for (const auto& [input, expected] : rows) {
    for (std::size_t step = 1; step <= input.size(); ++step) {
      const TempDir dir;
      CriLog log(dir / "0.log", figures);
      for (std::size_t at = 0; at < input.size(); at += step)
        log.write(LogStream::kStdout, std::string_view(input).substr(at, step), kNow);
      log.end(LogStream::kStdout, kNow);
      EXPECT_EQ(read_file(dir / "0.log"), expected) << input << " by " << step;
    }
  }
}

TEST(CriLog, ManyLinesInOneChunk) {
  const TempDir dir;
  CriLog log(dir / "0.log");
  std::string input, expected;
  for (int i = 0; i < 1000; ++i) {
    input += std::to_string(i) + "\n";
    expected += kOut + "F " + std::to_string(i) + "\n";
  }
  log.write(LogStream::kStdout, input, kNow);
  EXPECT_EQ(read_file(dir / "0.log"), expected);
}

TEST(CriLog, RotatesAndKeepsSoManyFiles) {
  const TempDir dir;
  CriLogFigures figures;
  figures.max_size = 100;
  figures.max_files = 3;
  CriLog log(dir / "0.log", figures);
  for (int i = 0; i < 20; ++i)
    log.write(LogStream::kStdout, "line " + std::to_string(i) + "\n", kNow);
  const std::vector<std::string> files = log_files(dir / "0.log");
  ASSERT_EQ(files.size(), 3u);
  EXPECT_EQ(files[2], dir / "0.log");
  EXPECT_TRUE(files[0].starts_with((dir / "0.log") + ".20261123-1000")) << files[0];
  EXPECT_LT(files[0], files[1]);
  EXPECT_EQ(read_file(files[1]), kOut + "F line 15\n" + kOut + "F line 16\n" + kOut + "F line 17\n")
      << "no line is lost between files";
  EXPECT_EQ(read_file(files[2]), kOut + "F line 18\n" + kOut + "F line 19\n");
}

TEST(CriLog, GoesOnInAnExistingFile) {
  const TempDir dir;
  { CriLog(dir / "0.log").write(LogStream::kStdout, "a\n", kNow); }
  { CriLog(dir / "0.log").write(LogStream::kStdout, "b\n", kNow); }
  EXPECT_EQ(read_file(dir / "0.log"), kOut + "F a\n" + kOut + "F b\n");
}

TEST(CriLog, AFullDiskLosesLinesOnlyAndSaysSo) {
  // A limit on file sizes stands for the full disk: the write that crosses it is cut short.
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const TempDir dir;
  CriLog log(dir / "0.log");
  log.write(LogStream::kStdout, "first\n", kNow);
  struct rlimit small = before;
  small.rlim_cur = 120;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  log.write(LogStream::kStdout, "second\nthird is lost\nfourth\n", kNow);
  log.write(LogStream::kStdout, "fifth, which is long enough to be lost as well\n", kNow);
  const LostOutput lost = log.lost();
  const int error = log.last_error();
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(lost.lines, 3u);
  EXPECT_EQ(lost.bytes, 65u);
  EXPECT_NE(error, 0);
  EXPECT_EQ(read_file(dir / "0.log"), kOut + "F first\n" + kOut + "F second\n");
  log.write(LogStream::kStdout, "sixth\n", kNow);
  const std::string text = read_file(dir / "0.log");
  EXPECT_NE(text.find(kErr + "F podrun: 3 lines (65 bytes) of output were lost here: "),
            std::string::npos)
      << text;
  EXPECT_TRUE(text.ends_with("\n" + kOut + "F sixth\n")) << text;
  EXPECT_EQ(log.last_error(), 0);
}

TEST(CriLog, AFolderThatCannotBeMadeLosesLinesOnly) {
  const TempDir dir;
  replace_file(dir / "file", "");
  CriLog log(dir / "file/0.log");
  log.write(LogStream::kStderr, "a\nb\n", kNow);
  EXPECT_EQ(log.lost().lines, 2u);
  EXPECT_EQ(log.last_error(), ENOTDIR);
  ASSERT_EQ(::unlink((dir / "file").c_str()), 0);
  log.write(LogStream::kStderr, "c\n", kNow);
  EXPECT_EQ(read_file(dir / "file/0.log"),
            kErr + "F podrun: 2 lines (2 bytes) of output were lost here: Not a directory\n" +
                kErr + "F c\n");
}

/// All that a follower has now.
std::string all(LogFollower& follower) {
  std::string text;
  const auto sink = [&](const CriLine& line) { text.append(line.text).append("|"); };
  while (follower.read(sink)) {
  }
  return text;
}

TEST(LogFollower, ReadsWhatIsThereAndWhatComes) {
  const TempDir dir;
  LogFollower early(dir / "0.log");
  EXPECT_EQ(all(early), "");
  CriLog log(dir / "0.log");
  log.write(LogStream::kStdout, "a\nb\n", kNow);
  pollfd event{early.event_fd(), POLLIN, 0};
  EXPECT_EQ(::poll(&event, 1, 0), 1);
  EXPECT_EQ(all(early), "a|b|");
  event.revents = 0;
  EXPECT_EQ(::poll(&event, 1, 0), 0) << "quiet while nothing comes";
  LogFollower late(dir / "0.log");
  EXPECT_EQ(all(late), "a|b|");
  log.write(LogStream::kStdout, "c\n", kNow);
  EXPECT_EQ(::poll(&event, 1, 0), 1);
  EXPECT_EQ(all(early) + all(late), "c|c|");
}

TEST(LogFollower, FollowsThroughRotations) {
  const TempDir dir;
  CriLogFigures figures;
  figures.max_size = 100;
  figures.max_files = 100;
  CriLog log(dir / "0.log", figures);
  LogFollower follower(dir / "0.log");
  std::string expected, got;
  for (int i = 0; i < 60; ++i) {
    log.write(LogStream::kStdout, std::to_string(i) + "\n", kNow);
    expected += std::to_string(i) + "|";
    if (i % 7 == 0) got += all(follower);
  }
  EXPECT_EQ(got + all(follower), expected);
  LogFollower later(dir / "0.log");
  EXPECT_EQ(all(later), expected) << "from the oldest file on";
}

TEST(LogFollower, GoesOnBehindWhatWasRemoved) {
  const TempDir dir;
  CriLogFigures figures;
  figures.max_size = 10;
  figures.max_files = 2;
  CriLog log(dir / "0.log", figures);
  LogFollower follower(dir / "0.log");
  log.write(LogStream::kStdout, "a\n", kNow);
  for (const char* line : {"b\n", "c\n", "d\n"}) log.write(LogStream::kStdout, line, kNow);
  EXPECT_EQ(all(follower), "a|d|") << "a was open, b and c are gone";
}

TEST(LogFollower, LosesNothingWhileAWriterRotates) {
  const TempDir dir;
  CriLogFigures figures;
  figures.max_size = 2000;
  figures.max_files = 1000;
  constexpr int kLines = 3000;
  CriLog log(dir / "0.log", figures);
  LogFollower follower(dir / "0.log");
  std::thread writer([&] {
    for (int i = 0; i < kLines; ++i) log.write(LogStream::kStdout, std::to_string(i) + "\n", kNow);
  });
  int next = 0;
  bool in_order = true;
  while (next < kLines && in_order) {
    while (follower.read([&](const CriLine& line) {
      in_order = in_order && line.text == std::to_string(next);
      ++next;
    })) {
    }
    pollfd event{follower.event_fd(), POLLIN, 0};
    if (next < kLines && ::poll(&event, 1, 10000) != 1) break;
  }
  writer.join();
  EXPECT_TRUE(in_order) << next;
  EXPECT_EQ(next, kLines);
}

TEST(LogFollower, TailCountsOverFiles) {
  const TempDir dir;
  CriLogFigures figures;
  figures.max_size = 100;  // three lines a file
  CriLog log(dir / "0.log", figures);
  for (const char* line : {"a\n", "b\n", "c\n", "d\n", "e\n", "f\n", "g\n"})
    log.write(LogStream::kStdout, line, kNow);
  const std::vector<std::pair<std::uint64_t, std::string>> rows = {
      {0, ""},
      {1, "g|"},
      {2, "f|g|"},
      {4, "d|e|f|g|"},
      {5, "c|d|e|f|g|"},
      {7, "a|b|c|d|e|f|g|"},
      {9, "a|b|c|d|e|f|g|"},
  };
  for (const auto& [lines, expected] : rows) {
    LogFollower follower(dir / "0.log", {{}, lines});
    EXPECT_EQ(all(follower), expected) << lines;
    if (lines != 0) continue;
    log.write(LogStream::kStdout, "g\n", kNow + Seconds(1));
    EXPECT_EQ(all(follower), "g|") << "what comes later";
    ASSERT_EQ(::truncate((dir / "0.log").c_str(), kOut.size() + 4), 0);
  }
}

TEST(LogFollower, Since) {
  const TempDir dir;
  CriLog log(dir / "0.log");
  log.write(LogStream::kStdout, "old\n", kNow);
  log.write(LogStream::kStdout, "new\n", kNow + Seconds(1));
  LogFollower follower(dir / "0.log", {kNow + Seconds(1), {}});
  EXPECT_EQ(all(follower), "new|");
}

TEST(LogFollower, OverlongAndMalformedLinesAreSkipped) {
  const TempDir dir;
  const std::string huge(300000, 'x');
  replace_file(dir / "0.log",
               kOut + "F a\njunk\n" + huge + "\n" + kOut + "F b\n" + kOut + "F torn");
  LogFollower follower(dir / "0.log");
  EXPECT_EQ(all(follower), "a|b|");
  EXPECT_EQ(follower.malformed(), 2u);
}

TEST(LogFiles, Instances) {
  const TempDir dir;
  for (const char* name : {"0.log", "2.log", "10.log", "10.log.20261123-100000", "x.log", "-1.log"})
    replace_file(dir / name, "");
  EXPECT_EQ(log_instances(dir.path()), (std::vector<int>{0, 2, 10}));
  EXPECT_EQ(log_files(dir / "10.log"),
            (std::vector<std::string>{dir / "10.log.20261123-100000", dir / "10.log"}));
  EXPECT_TRUE(log_files(dir / "none/0.log").empty());
}

TEST(LogPrinter, JoinsPartsAndLimitsBytes) {
  std::string text;
  const auto output = [&](LogStream, std::string_view bytes) { text += bytes; };
  LogPrinter printer({}, output);
  printer.print({kNow, LogStream::kStdout, true, "ab"});
  printer.print({kNow, LogStream::kStdout, false, "cd"});
  EXPECT_EQ(text, "abcd\n");
  text.clear();
  LogPrinter stamped({true, 40}, output);
  stamped.print({kNow, LogStream::kStdout, true, "ab"});
  stamped.print({kNow, LogStream::kStdout, false, "cd"});
  EXPECT_FALSE(stamped.finished());
  stamped.print({kNow, LogStream::kStdout, false, "more"});
  EXPECT_TRUE(stamped.finished());
  EXPECT_EQ(text, "2026-11-23T10:00:00.123456789Z abcd\n2026");
}

}  // namespace
}  // namespace podrun::pod
