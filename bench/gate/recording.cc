#include "bench/gate/recording.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <numeric>
#include <sstream>

#include <boost/iostreams/copy.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_stream.hpp>

#include "results/model/error.h"

namespace coldstart::gate {
namespace {

constexpr const char* kHeader = "function,first_ns,second_ns";

std::vector<double> ranks_of(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  std::vector<double> ranks(values.size());
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    ranks[order[rank]] = static_cast<double>(rank);
  }
  return ranks;
}

double rank_correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const std::vector<double> x = ranks_of(a);
  const std::vector<double> y = ranks_of(b);
  const double mean = static_cast<double>(x.size() - 1) / 2;
  double xy = 0;
  double xx = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xy += (x[i] - mean) * (y[i] - mean);
    xx += (x[i] - mean) * (x[i] - mean);
  }
  return xx > 0 ? xy / xx : 0;
}

double median_of(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::vector<double> in_order(const Recording& recording) {
  std::vector<double> values;
  for (std::size_t i = 0; i < recording.pairs(); ++i) {
    values.push_back(static_cast<double>(recording.first_ns[i]));
    values.push_back(static_cast<double>(recording.second_ns[i]));
  }
  return values;
}

std::int64_t number(const std::string& text, const std::string& file) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value <= 0) {
    throw Error(file, "'" + text + "' is no time in nanoseconds", "record it again");
  }
  return value;
}

}  // namespace

double Recording::robust_cv() const {
  std::vector<double> logs = in_order(*this);
  for (double& value : logs) value = std::log(value);
  const double median = median_of(logs);
  for (double& value : logs) value = std::abs(value - median);
  return 1.4826 * median_of(logs);
}

double Recording::lag1_rank_correlation() const {
  const std::vector<double> values = in_order(*this);
  return rank_correlation({values.begin(), values.end() - 1}, {values.begin() + 1, values.end()});
}

double Recording::pair_rank_correlation() const {
  return rank_correlation({first_ns.begin(), first_ns.end()}, {second_ns.begin(), second_ns.end()});
}

std::vector<Recording> read_recordings(const std::filesystem::path& file) {
  std::ifstream compressed(file, std::ios::binary);
  if (!compressed) {
    throw Error(file.string(), "cannot be read", "record: ./dev validate-gate --record");
  }
  boost::iostreams::filtering_istream stream;
  stream.push(boost::iostreams::gzip_decompressor());
  stream.push(compressed);
  std::vector<Recording> recordings;
  std::string line;
  std::getline(stream, line);
  if (line != kHeader) throw Error(file.string(), "is no recording", "record it again");
  while (std::getline(stream, line)) {
    std::istringstream cells(line);
    std::string function;
    std::string first;
    std::string second;
    std::getline(cells, function, ',');
    std::getline(cells, first, ',');
    std::getline(cells, second, ',');
    if (recordings.empty() || recordings.back().function != function) {
      recordings.push_back({function, {}, {}});
    }
    recordings.back().first_ns.push_back(number(first, file.string()));
    recordings.back().second_ns.push_back(number(second, file.string()));
  }
  return recordings;
}

void write_recordings(const std::filesystem::path& file, const std::vector<Recording>& recordings) {
  std::ofstream compressed(file, std::ios::binary);
  boost::iostreams::filtering_ostream stream;
  stream.push(boost::iostreams::gzip_compressor(boost::iostreams::gzip::best_compression));
  stream.push(compressed);
  stream << kHeader << '\n';
  for (const Recording& recording : recordings) {
    for (std::size_t i = 0; i < recording.pairs(); ++i) {
      stream << recording.function << ',' << recording.first_ns[i] << ',' << recording.second_ns[i]
             << '\n';
    }
  }
  stream.reset();
  if (!compressed.flush()) throw Error(file.string(), "cannot be written", "is the disk full?");
}

}  // namespace coldstart::gate
