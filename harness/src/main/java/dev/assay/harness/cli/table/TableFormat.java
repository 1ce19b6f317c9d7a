package dev.assay.harness.cli.table;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The forms in which a table can be printed. */
public enum TableFormat {
  /** Columns in line, for people. */
  TABLE {
    @Override
    public String render(Table table) {
      List<List<String>> lines = new ArrayList<>();
      lines.add(table.columns());
      lines.addAll(table.rows());
      int[] widths = new int[table.columns().size()];
      for (List<String> line : lines) {
        for (int i = 0; i < widths.length; i++) {
          widths[i] = Math.max(widths[i], line.get(i).length());
        }
      }
      StringBuilder text = new StringBuilder();
      for (List<String> line : lines) {
        StringBuilder padded = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
          padded.append(String.format("%-" + (widths[i] + 2) + "s", line.get(i)));
        }
        text.append(padded.toString().stripTrailing()).append('\n');
      }
      return text.toString();
    }
  },
  /** GitHub's Markdown. */
  MD {
    @Override
    public String render(Table table) {
      StringBuilder text = new StringBuilder();
      line(text, table.columns());
      line(text, table.columns().stream().map(column -> "---").toList());
      table.rows().forEach(row -> line(text, row));
      return text.toString();
    }

    private void line(StringBuilder text, List<String> cells) {
      text.append(
          cells.stream()
              .map(cell -> cell.replace("|", "\\|").replace("\n", "<br>"))
              .collect(Collectors.joining(" | ", "| ", " |\n")));
    }
  },
  /** Comma-separated values with a heading. */
  CSV {
    @Override
    public String render(Table table) throws JsonProcessingException {
      CsvSchema.Builder schema = CsvSchema.builder().setUseHeader(true);
      table.columns().forEach(schema::addColumn);
      return new CsvMapper().writer(schema.build()).writeValueAsString(objects(table));
    }
  },
  /** An array of objects. */
  JSON {
    @Override
    public String render(Table table) throws JsonProcessingException {
      return new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(objects(table))
          + "\n";
    }
  },
  /** An object a line. */
  JSONL {
    @Override
    public String render(Table table) throws JsonProcessingException {
      JsonMapper mapper = new JsonMapper();
      StringBuilder text = new StringBuilder();
      for (Map<String, String> row : objects(table)) {
        text.append(mapper.writeValueAsString(row)).append('\n');
      }
      return text.toString();
    }
  };

  /** The table as text that ends with a line break. */
  public abstract String render(Table table) throws JsonProcessingException;

  private static List<Map<String, String>> objects(Table table) {
    List<Map<String, String>> objects = new ArrayList<>();
    for (List<String> row : table.rows()) {
      Map<String, String> object = new LinkedHashMap<>();
      for (int i = 0; i < row.size(); i++) {
        object.put(table.columns().get(i), row.get(i));
      }
      objects.add(object);
    }
    return objects;
  }
}
