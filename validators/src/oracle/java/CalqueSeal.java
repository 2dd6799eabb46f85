import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

/** Runs the main program of the class that is named first, and shows by the line that is given second that it came to its end. */
final class CalqueSeal {
    public static void main(String[] args) throws Throwable {
        // The virtual machine keeps what it was started with where programs can read it.
        System.clearProperty("sun.java.command");
        String name = args[0];
        byte[] seal = ("\n" + args[1] + "\n").getBytes("US-ASCII");
        PrintStream printed = System.out;
        FileOutputStream out = new FileOutputStream(FileDescriptor.out);
        Method main = Class.forName(name).getDeclaredMethod("main", String[].class);
        main.setAccessible(true);
        try {
            main.invoke(null, (Object) new String[0]);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
        printed.flush();
        out.write(seal);
    }
}
